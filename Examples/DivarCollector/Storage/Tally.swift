/// The results for the pictures of one class or of one run.
package struct Tally: Sendable, Equatable {
  /// Pictures that were saved.
  package var saved = 0
  /// Pictures that were fetched and left out, by reason.
  package var dropped: [String: Int] = [:]
  /// Pictures and posts that could not be fetched, by reason.
  package var failed: [String: Int] = [:]

  /// Pictures that were fetched completely.
  package var fetched: Int { saved + droppedCount }
  /// Pictures that were left out.
  package var droppedCount: Int { dropped.values.reduce(0, +) }
  /// Pictures and posts that could not be fetched.
  package var failedCount: Int { failed.values.reduce(0, +) }

  /// Makes an empty tally.
  package init() {}

  /// Counts what an entry says about a picture, or about a post that could not be read.
  mutating func count(_ entry: ManifestEntry) {
    switch entry {
    case .image(let image):
      if image.saved != nil {
        saved += 1
      } else if let reason = image.dropped {
        dropped[reason.kind, default: 0] += 1
      } else if let failure = image.failure {
        failed[failure.kind, default: 0] += 1
      }
    case .post(let post):
      if let failure = post.failure { failed[failure.kindForPosts, default: 0] += 1 }
    case .terms, .page: break
    }
  }

  /// Adds the numbers of another class.
  package mutating func add(_ other: Tally) {
    saved += other.saved
    dropped.merge(other.dropped, uniquingKeysWith: +)
    failed.merge(other.failed, uniquingKeysWith: +)
  }
}
