import Data
import Foundation

/// Fetches the pictures that a source names, several at a time, judges them in the source's order and saves the photos.
///
/// Since the order alone decides which of two alike pictures is kept and where a class is full, the result does not
/// depend on which answer came first, nor on how often the collecting was broken off and taken up again.
package struct Collector {
  /// What is to be collected.
  package struct Settings: Sendable {
    /// Photos of each class; nil for as many as there are.
    package var perClass: Int?
    /// The connections that the fetcher may use at a time.
    package var connections = 4
    /// The most bytes of a picture.
    package var byteLimit = 20 << 20
    /// Tells photos from other pictures.
    package var check = PictureCheck()

    /// Of each class as many as there are.
    package init() {}
  }

  /// How the fetching of one picture ended.
  private struct Arrival: Sendable {
    let candidate: Candidate
    let failure: FetchFailure?
  }

  /// Pictures that are under way for each connection: while one is waited for, those behind it go on.
  private static let lookahead = 2

  private let fetcher: Fetcher
  private let folder: OutputFolder
  private let settings: Settings
  private let progress: (String, Tally) -> Void

  /// Makes a collector.
  ///
  /// - Parameters:
  ///   - fetcher: fetches with manners.
  ///   - folder: takes the photos.
  ///   - settings: what is to be collected.
  ///   - progress: told the numbers of a class after each of its pictures.
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
  /// - Throws: ``CollectorError`` or `CancellationError`. What was found out until then is kept, and a new run goes on
  ///   from there.
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
  }

  private func isFull(_ className: String) -> Bool {
    settings.perClass.map { folder.ledger.state.savedCount(of: className) >= $0 } ?? false
  }

  /// Whether one more picture may be under way. No more are than a class still wants: none is fetched in vain.
  private func hasRoom(for className: String?, beside pending: [Int: Candidate]) -> Bool {
    guard pending.count < settings.connections * Self.lookahead else { return false }
    guard let perClass = settings.perClass, let className, !pending.isEmpty else { return true }
    let underWay = pending.values.count { $0.className == className }
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
    progress(candidate.className, folder.ledger.state.tallies[candidate.className] ?? Tally())
    try folder.ledger.count(arrival.failure, from: candidate.url.host() ?? "")
  }

  /// Drops a photo that was saved before, in this or another class, whole or much the same.
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
