import Data
import Downloads
import Foundation
import Serialization

/// Fetches the pictures of a source, several at a time, checks them in the order of the source and saves the photos.
///
/// Only the order of the source decides which of two similar pictures is kept, and when a class is full. So the result
/// does not depend on the order of the answers, nor on interruptions of the run.
package struct Collector {
  /// What to collect.
  package struct Settings: Sendable {
    /// Photos of each class; nil for all.
    package var perClass: Int?
    /// The connections that the fetcher may use at a time.
    package var connections = 4
    /// The largest number of bytes of a picture.
    package var byteLimit = 20 << 20
    /// Decides which pictures are photos.
    package var check = PictureCheck()

    /// All photos of each class.
    package init() {}
  }

  /// A picture that was fetched, or that could not be fetched.
  private struct Arrival: Sendable {
    let candidate: Candidate
    let failure: FetchFailure?
  }

  /// The number of pictures in progress for each connection, so that a slow one does not delay the next ones.
  private static let lookahead = 2

  private let fetcher: Fetcher
  private let folder: OutputFolder
  private let settings: Settings
  private let progress: (String, Tally) -> Void

  /// Makes a collector.
  ///
  /// - Parameters:
  ///   - fetcher: sends the requests.
  ///   - folder: the output folder.
  ///   - settings: what to collect.
  ///   - progress: called after each picture with its class and the numbers of that class.
  package init(
    fetcher: Fetcher, folder: OutputFolder, settings: Settings,
    progress: @escaping (String, Tally) -> Void = { _, _ in }
  ) {
    self.fetcher = fetcher
    self.folder = folder
    self.settings = settings
    self.progress = progress
  }

  /// Collects until the source has no more pictures or all classes are full.
  ///
  /// - Throws: ``CollectorError`` or `CancellationError`. The manifest records what was done until then, and a new run
  ///   continues from there. ``CollectorError/nothing(reason:)`` if the folder has no photo at the end, or if all
  ///   requests of this run failed.
  package func run(_ source: inout some CandidateSource) async throws {
    let ledger = folder.ledger
    try await withThrowingTaskGroup(of: (Int, Arrival).self) { group in
      var pending: [Int: Candidate] = [:]
      var arrived: [Int: Arrival] = [:]
      var (started, judged) = (0, 0)
      var hasEnded = false
      while true {
        while !hasEnded, hasRoom(for: source.upcomingClass, beside: pending) {
          guard let candidate = try await source.next(ledger, isFull: { isFull($0) }) else {
            hasEnded = true
            break
          }
          pending[started] = candidate
          group.addTask { [started, fetch] in (started, try await fetch(candidate)) }
          started += 1
        }
        guard judged < started else { break }
        while arrived[judged] == nil, let (number, arrival) = try await group.next() { arrived[number] = arrival }
        guard let arrival = arrived.removeValue(forKey: judged) else { break }
        pending[judged] = nil
        judged += 1
        try judge(arrival)
      }
    }
    folder.staging.remove()
    if let reason = reasonForNothing { throw CollectorError.nothing(reason: reason) }
  }

  /// Why the run counts as failed; nil if it saved or checked a picture, or if there was nothing left to do.
  private var reasonForNothing: String? {
    let run = folder.ledger.run
    if run.failedCount > 0, run.fetched == 0 {
      return "all tries failed (\(Summary.reasons(run.failed)))"
    }
    guard folder.ledger.state.savedCount == 0 else { return nil }
    if run.fetched > 0 { return "no picture was kept (\(Summary.reasons(run.dropped)))" }
    return "no picture was found"
  }

  private func isFull(_ className: String) -> Bool {
    settings.perClass.map { folder.ledger.state.savedCount(of: className) >= $0 } ?? false
  }

  /// Whether one more picture may be fetched now. No class fetches more pictures than it still needs.
  private func hasRoom(for className: String?, beside pending: [Int: Candidate]) -> Bool {
    guard pending.count < settings.connections * Self.lookahead else { return false }
    guard let perClass = settings.perClass, let className, !pending.isEmpty else { return true }
    let underWay = pending.values.count { ExactText($0.className) == ExactText(className) }
    return folder.ledger.state.savedCount(of: className) + underWay < perClass
  }
}

// One picture.
extension Collector {
  /// Fetches a picture into the staging folder.
  private var fetch: @Sendable (Candidate) async throws -> Arrival {
    { [fetcher, path = folder.path, staging = folder.staging, byteLimit = settings.byteLimit] candidate in
      do {
        let download = try staging.download(of: candidate.url)
        if !staging.holds(candidate.url) {
          let headers = ["Accept": "image/webp,image/jpeg,image/png", "Accept-Encoding": "identity"]
          try await fetcher.fetch(HTTPRequest(candidate.url, headers: headers, byteLimit: byteLimit), into: download)
          try download.finish()
        }
        return Arrival(candidate: candidate, failure: nil)
      } catch let failure as FetchFailure {
        return Arrival(candidate: candidate, failure: failure)
      } catch let error as CocoaError {
        throw CollectorError.folder(path, error)
      }
    }
  }

  private func judge(_ arrival: Arrival) throws {
    let candidate = arrival.candidate
    var record = ImageRecord(
      className: candidate.className, token: candidate.token, url: candidate.url, time: folder.ledger.now)
    if let failure = arrival.failure {
      record.failure = Failure(failure)
    } else {
      let bytes = try folder.stagedBytes(of: candidate.url)
      switch settings.check.verdict(on: bytes, source: candidate.url.absoluteString) {
      case .dropped(let reason): record.dropped = reason
      case .photo(let image, let fileExtension): compare(image, bytes, fileExtension, &record)
      }
    }
    try folder.record(record)
    progress(candidate.className, folder.ledger.state.tally(of: candidate.className))
    try folder.ledger.count(arrival.failure, from: candidate.url.host() ?? "")
  }

  /// Drops a photo if the same or a similar photo is already saved in this or another class.
  private func compare(_ image: Image, _ bytes: [UInt8], _ fileExtension: String, _ record: inout ImageRecord) {
    let state = folder.ledger.state
    let sha256 = "\(SHA256(of: bytes))"
    let hash = PerceptualHash(of: image)
    if state.hasSaved(sha256: sha256) {
      record.dropped = Dropped(kind: "duplicate")
    } else if state.appearances.contains(hash) {
      record.dropped = Dropped(kind: "near duplicate")
    } else {
      record.saved = SavedPicture(
        file: "\(record.className)/\(sha256.prefix(32)).\(fileExtension)", sha256: sha256, perceptualHash: hash,
        bytes: bytes.count, width: image.width, height: image.height)
    }
  }
}
