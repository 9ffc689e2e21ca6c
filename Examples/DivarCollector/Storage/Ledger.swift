import Foundation

/// The manifest and what it says, kept in step.
package final class Ledger {
  /// Failures of one host, one after the other, that end a run.
  private static let failureLimit = 10

  /// What the manifest says.
  package var state = CollectionState()
  private let manifest: Manifest
  private let time: any Timekeeper
  private var failures = (host: "", count: 0)

  /// Opens the manifest of a folder.
  ///
  /// - Throws: ``CollectorError``.
  package init(folder: String, time: any Timekeeper = SystemTime()) throws(CollectorError) {
    self.time = time
    var state = CollectionState()
    manifest = try Manifest(folder: folder) { state.apply($0) }
    state.retryFailures()
    self.state = state
  }

  /// The time that entries bear.
  var now: Date { time.date }

  /// Writes an entry down and takes it into account.
  ///
  /// - Throws: ``CollectorError/folder(path:reason:)``.
  package func record(_ entry: ManifestEntry) throws(CollectorError) {
    try manifest.append(entry)
    state.apply(entry)
  }

  /// Writes down that the terms were shown and accepted.
  ///
  /// - Throws: ``CollectorError/folder(path:reason:)``.
  package func acceptTerms() throws(CollectorError) {
    try record(.terms(TermsRecord(time: now)))
  }

  /// Counts how often a host fails for passing reasons without a success in between.
  ///
  /// - Parameter failure: nil for a success.
  /// - Throws: ``CollectorError/stopped(reason:)`` when the host should be left in peace.
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
