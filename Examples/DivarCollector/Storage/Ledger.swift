import Foundation

/// The manifest of a collection and the state that results from its entries.
///
/// Only the ledger changes the state, each time in a single call that reads nothing else. So a source that searches the
/// next picture may read the state.
package final class Ledger {
  /// Failures of one host in a row that end a run.
  private static let failureLimit = 10

  /// The state that results from the entries of the manifest.
  package private(set) var state: CollectionState
  /// What became of the pictures and posts of this run.
  package private(set) var run = Tally()
  /// Nil if entries are not written.
  private let manifest: Manifest?
  private let time: any Timekeeper
  private var failures = (host: "", count: 0)

  /// Opens or makes the manifest of a folder.
  ///
  /// - Throws: ``CollectorError``.
  package init(folder: String, time: any Timekeeper = SystemTime()) throws(CollectorError) {
    self.time = time
    var state = CollectionState()
    manifest = try Manifest(folder: folder) { state.apply($0) }
    state.retryFailures()
    self.state = state
  }

  /// Reads the manifest of a folder, if there is one, and leaves the folder as it is: entries are not written.
  ///
  /// - Throws: ``CollectorError/manifest(path:line:reason:)``.
  package init(reading folder: String) throws(CollectorError) {
    time = SystemTime()
    var state = CollectionState()
    try Manifest.read(folder: folder) { state.apply($0) }
    state.retryFailures()
    self.state = state
    manifest = nil
  }

  /// The time for new entries.
  var now: Date { time.date }

  /// Writes an entry to the manifest and applies it to the state.
  ///
  /// - Throws: ``CollectorError/folder(path:reason:)``.
  package func record(_ entry: ManifestEntry) throws(CollectorError) {
    try manifest?.append(entry)
    state.apply(entry)
    run.count(entry)
  }

  /// Marks a picture as known; false if it was known before.
  func claim(_ candidate: Candidate) -> Bool { state.claim(candidate) }

  /// Takes the next waiting picture of a class.
  func takeImage(of className: String) -> Candidate? { state.takeImage(of: className) }

  /// Takes the next waiting post of a class.
  func takePost(of className: String) -> String? { state.takePost(of: className) }

  /// Marks posts as known and returns those that were not.
  func newTokens(among found: [String]) -> Set<String> { state.newTokens(among: found) }

  /// Records that the terms were shown and accepted.
  ///
  /// - Throws: ``CollectorError/folder(path:reason:)``.
  package func acceptTerms() throws(CollectorError) {
    try record(.terms(TermsRecord(time: now)))
  }

  /// Counts temporary failures of a host in a row.
  ///
  /// - Parameters:
  ///   - failure: nil for a success.
  ///   - host: the host that answered or failed.
  /// - Throws: ``CollectorError/stopped(reason:)`` after ten failures in a row.
  func count(_ failure: FetchFailure?, from host: String) throws(CollectorError) {
    guard let failure, failure.isTransient else {
      if host == failures.host { failures.count = 0 }
      return
    }
    failures = (host, host == failures.host ? failures.count + 1 : 1)
    if case .askedToWait = failure { throw .stopped(reason: failure.description) }
    guard failures.count < Self.failureLimit else {
      throw .stopped(reason: "\(host) failed \(failures.count) times in a row, the last time: \(failure)")
    }
  }
}
