/// What became of the pictures of one class.
package struct Tally: Sendable, Equatable {
  /// Pictures that were saved.
  package var saved = 0
  /// Pictures that were fetched and left out, by reason.
  package var dropped: [String: Int] = [:]
  /// Pictures and posts that could not be fetched, by reason.
  package var failed: [String: Int] = [:]

  /// Pictures that arrived whole.
  package var fetched: Int { saved + droppedCount }
  /// Pictures that were left out.
  package var droppedCount: Int { dropped.values.reduce(0, +) }
  /// Pictures and posts that could not be fetched.
  package var failedCount: Int { failed.values.reduce(0, +) }

  /// Nothing yet.
  package init() {}

  /// Adds the numbers of another class.
  package mutating func add(_ other: Tally) {
    saved += other.saved
    dropped.merge(other.dropped, uniquingKeysWith: +)
    failed.merge(other.failed, uniquingKeysWith: +)
  }
}
