import Foundation
import Serialization

/// Downloads a file over HTTP, and resumes an interrupted download.
///
/// ```swift
/// let weights = Download(address, to: "weights.h5", sha256: digest)
/// try await weights.run { received, size in print(received, "of", size ?? 0, "bytes") }
/// ```
///
/// The bytes stand in `weights.h5.LENGTH.VERSION.part` until they are all there. After a run that was killed, or that lost the
/// connection for longer than it tries, the next one asks the server for the rest, as long as the server says that the file is the
/// same (`ETag` or `Last-Modified`). A server that cannot send a part is asked for the whole.
public struct Download: Sendable {
  /// Where the file is; `http` or `https`.
  public let url: URL
  /// Where it goes. Its folder must exist.
  public let path: String
  /// The SHA-256 digest of the file in hexadecimal digits; `nil` if it is not known.
  public var sha256: String?
  /// More header fields of the request, such as `Authorization`. They are not sent to another host to which a server redirects.
  public var headers: [String: String] = [:]
  /// The largest number of bytes that are taken.
  public var byteLimit = 1 << 40
  /// The number of attempts in a row without progress after which the download fails.
  public var attempts = 5
  /// The longest wait before the second attempt; it doubles with each further one.
  public var backoff = Duration.seconds(1)
  /// The longest time without a byte.
  public var patience = Duration.seconds(60)

  private static let redirectLimit = 5
  /// The longest time that a server may ask to wait for.
  private static let longestWait = Duration.seconds(300)

  /// Names a file.
  ///
  /// - Parameters:
  ///   - url: where the file is; `http` or `https`.
  ///   - path: where it goes.
  ///   - sha256: the SHA-256 digest of the file in hexadecimal digits, if it is known.
  public init(_ url: URL, to path: String, sha256: String? = nil) {
    self.url = url
    self.path = path
    self.sha256 = sha256
  }

  /// What a run has done.
  public enum Outcome: Sendable {
    /// The file was there, with the expected digest.
    case wasThere
    /// The file has arrived.
    case arrived
  }

  /// Downloads the file, or what is missing of it.
  ///
  /// Cost: one exchange; nothing is kept in memory. With a digest, the file is read once more.
  ///
  /// - Parameter progress: is called with the number of bytes that are there and of the whole, if it is known, on another thread.
  /// - Throws: ``DownloadError``, and `CancellationError` if the task is cancelled. What has arrived stays for the next run.
  @discardableResult
  public func run(
    progress: @escaping @Sendable (_ received: Int, _ size: Int?) -> Void = { _, _ in }
  ) async throws -> Outcome {
    guard url.isWebAddress else { throw DownloadError.address(url.absoluteString) }
    if let sha256, sha256.wholeMatch(of: /[0-9a-fA-F]{64}/) == nil { throw DownloadError.digest(sha256) }
    do {
      if try isThere() { return .wasThere }
      if let obstacle = obstacle(toWritingAt: path) { throw DownloadError.notWritten(path: path, reason: obstacle) }
      let file = try part()
      if !file.isWhole { try await receive(DownloadSink(file, of: url, progress)) }
      try file.finish(check)
      return .arrived
    } catch let error as HTTPFailure {
      throw failed("\(error)")
    } catch let error as FileError {
      throw DownloadError.notWritten(path: path, reason: "\(error.reason)")
    } catch let error as CocoaError {
      throw DownloadError.notWritten(path: path, reason: error.localizedDescription)
    }
  }

  private func failed(_ reason: String) -> DownloadError { .failed(url: url.absoluteString, reason: reason) }
}

// What is there.
extension Download {
  /// Whether the file is there.
  ///
  /// - Throws: ``DownloadError`` if the path holds something else, or it is not known what the file should be.
  private func isThere() throws -> Bool {
    switch PathContent(path) {
    case .absent: return false
    case .folder: throw DownloadError.exists(path: path, found: "a folder")
    case .special: throw DownloadError.exists(path: path, found: "a device or a pipe")
    case .emptyFile, .file:
      guard let sha256 else { throw DownloadError.exists(path: path, found: "a file") }
      let found = "\(try SHA256(contentsOf: path))"
      guard found == sha256.lowercased() else {
        throw DownloadError.exists(path: path, found: "a file with the SHA-256 digest \(found), not \(sha256),")
      }
      return true
    }
  }

  /// What an earlier run has left, or nothing yet.
  private func part() throws -> PartialFile {
    let (folder, name) = (parent(of: path), URL(filePath: path).lastPathComponent)
    let found = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
      .compactMap { PartialFile.Part(name: $0, of: name) }.first
    return try PartialFile(folder: folder, name: name, continuing: found)
  }

  /// Throws unless a file that has arrived has the expected digest.
  private func check(_ file: String) throws {
    guard let sha256 else { return }
    let found = "\(try SHA256(contentsOf: file))"
    guard found == sha256.lowercased() else {
      throw DownloadError.otherContent(url: url.absoluteString, found: found, expected: sha256.lowercased())
    }
  }
}

// What is missing.
extension Download {
  /// Receives the missing bytes, and tries again after failures that may pass.
  private func receive(_ sink: DownloadSink) async throws {
    let transport = CurlTransport(patience: patience)
    let waits = Backoff(base: backoff, seed: UInt64(getpid()))
    // Only more bytes than ever before are progress: a server that cannot send parts may break after fewer and more in turn.
    var (attempt, most) = (1, sink.file.byteCount)
    while let failure = try await failure(of: transport, sink) {
      if sink.file.byteCount > most { (attempt, most) = (1, sink.file.byteCount) }
      guard attempt < attempts else { throw failure.error }
      try await Task.sleep(for: failure.wait ?? waits.delay(afterAttempt: attempt))
      attempt += 1
    }
  }

  /// A failure that may pass.
  private struct Failure {
    let error: DownloadError
    /// How long the server asks to wait; `nil` if it does not.
    var wait: Duration?
  }

  /// Asks for the missing bytes.
  ///
  /// - Returns: why they have not arrived, if it is worth to ask again; `nil` if they have.
  /// - Throws: all other failures.
  private func failure(of transport: CurlTransport, _ sink: DownloadSink) async throws -> Failure? {
    let head: HTTPHead
    do {
      head = try await answer(of: transport, sink)
    } catch let failure as HTTPFailure where failure.isTransient {
      return Failure(error: failed("\(failure)"))
    }
    if head.isSuccess { return nil }
    // The requested part does not exist; the whole may exist.
    if head.status == 416 { try sink.reset() }
    let failure = Failure(
      error: .status(head.status, url: url.absoluteString),
      wait: head.headers["retry-after"].flatMap { retryAfter($0, at: Date()) })
    guard head.status >= 500 || [408, 416, 429].contains(head.status), failure.wait ?? .zero <= Self.longestWait else {
      throw failure.error
    }
    return failure
  }

  /// Asks once, and follows redirects.
  private func answer(of transport: CurlTransport, _ sink: DownloadSink) async throws -> HTTPHead {
    func refused(_ address: String, _ reason: String) -> DownloadError {
      .redirect(to: address, reason: reason, url: url.absoluteString)
    }
    var request = HTTPRequest(url, headers: headers, byteLimit: byteLimit)
    for _ in 0...Self.redirectLimit {
      var complete = request
      complete.headers.merge(sink.requestHeaders) { $1 }
      complete.headers.merge(["User-Agent": "Kilim"]) { own, _ in own }
      let head = try await transport.send(complete, into: sink)
      guard (300..<400).contains(head.status), let location = head.headers["location"] else { return head }
      guard let next = URL(string: location, relativeTo: request.url)?.absoluteURL, next.isWebAddress else {
        throw refused(location, "which is not an address of the web")
      }
      guard request.url.scheme != "https" || next.scheme == "https" else {
        throw refused(location, "which is not encrypted")
      }
      if !next.hasSameOrigin(as: request.url) { request.headers = [:] }
      request.url = next
    }
    throw refused(request.url.absoluteString, "one redirect too many")
  }
}

/// A file that says how much of it has arrived, and that takes no web page in its place.
private final class DownloadSink: BodySink {
  let file: PartialFile
  private let url: URL
  private let progress: @Sendable (Int, Int?) -> Void

  init(_ file: PartialFile, of url: URL, _ progress: @escaping @Sendable (Int, Int?) -> Void) {
    self.file = file
    self.url = url
    self.progress = progress
  }

  var requestHeaders: [String: String] { file.requestHeaders }

  func start(_ head: HTTPHead) throws {
    let isPage = head.headers["content-type"]?.lowercased().hasPrefix("text/html") ?? false
    guard !isPage || file.name.lowercased().hasSuffix(".html") else {
      throw DownloadError.webPage(url: url.absoluteString)
    }
    try file.start(head)
    progress(file.byteCount, file.length)
  }

  func write(_ bytes: UnsafeRawBufferPointer) throws {
    try file.write(bytes)
    progress(file.byteCount, file.length)
  }

  func end() throws { try file.end() }

  func reset() throws { try file.reset() }
}
