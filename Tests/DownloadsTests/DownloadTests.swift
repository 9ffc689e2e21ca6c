import Downloads
import Foundation
import Serialization
import TestSupport
import Testing

@Suite struct DownloadTests {
  private let folder: TemporaryFolder
  private static let content = (0..<200_000).map { UInt8(truncatingIfNeeded: $0 * 7 % 251) }
  private static let digest = "\(SHA256(of: content))"

  init() throws { folder = try TemporaryFolder() }

  private func download(
    _ server: FixtureServer, _ name: String = "weights.v2.h5", sha256: String? = nil
  ) throws -> Download {
    var download = Download(
      try #require(URL(string: "\(server.address)/files/w")), to: folder.path(name), sha256: sha256)
    download.backoff = .milliseconds(10)
    return download
  }

  private func bytes(_ name: String = "weights.v2.h5") throws -> [UInt8] {
    try [UInt8](Foundation.Data(contentsOf: URL(filePath: folder.path(name))))
  }

  private var names: [String] {
    get throws { try FileManager.default.contentsOfDirectory(atPath: folder.url.path).sorted() }
  }

  @Test func aFileArrivesOnce() async throws {
    let server = try FixtureServer { _ in .file(Self.content, type: "application/octet-stream") }
    defer { server.stop() }
    let steps = Steps()
    let download = try download(server, sha256: Self.digest.uppercased())
    #expect(try await download.run { steps.add($0, $1) } == .arrived)
    #expect(try bytes() == Self.content && names == ["weights.v2.h5"])
    #expect(steps.all.last?.received == 200_000 && steps.all.allSatisfy { $0.size == 200_000 })
    #expect(steps.all.map(\.received) == steps.all.map(\.received).sorted())
    #expect(try await download.run() == .wasThere)
    #expect(server.log.count == 1)
  }

  /// A connection that breaks again and again, each time after some bytes: the rest is asked for, more often than `attempts`.
  @Test func aBrokenConnectionIsContinued() async throws {
    let server = try FixtureServer { _ in .file(Self.content, manner: .reset(after: 30_000)) }
    defer { server.stop() }
    var download = try download(server, sha256: Self.digest)
    download.attempts = 2
    #expect(try await download.run() == .arrived)
    #expect(try bytes() == Self.content)
    #expect(server.log.map(\.start) == Array(stride(from: 0, to: 200_000, by: 30_000)))
  }

  /// A server that cannot send parts, and breaks at different places: fewer bytes than before are no progress.
  @Test func bytesThatWereThereBeforeAreNoProgress() async throws {
    let count = Steps()
    let server = try FixtureServer { _ in
      count.add(0, nil)
      // In the end it refuses, so that a download that does not end by itself fails here.
      if count.all.count > 20 { return .status(404) }
      return FixtureAnswer(body: Self.content, manner: .reset(after: count.all.count.isMultiple(of: 2) ? 1500 : 1000))
    }
    defer { server.stop() }
    var download = try download(server)
    download.attempts = 3
    let error = await #expect(throws: DownloadError.self) { try await download.run() }
    #expect(error.map { "\($0)" }?.contains("connection broke") == true)
    #expect(server.log.count == 4)
  }

  @Test func patienceMayBeWithoutEnd() async throws {
    let server = try FixtureServer { _ in .file(Self.content) }
    defer { server.stop() }
    var download = try download(server)
    download.patience = .seconds(Int.max)
    #expect(try await download.run() == .arrived)
  }

  /// A server may send less than the rest it is asked for (RFC 9110, section 15.3.7): it is asked again.
  @Test func shorterPartsThanAskedForAreNotTheWhole() async throws {
    let server = try FixtureServer { Self.part(of: $0, largest: 50_000) }
    defer { server.stop() }
    var download = try download(server)
    download.attempts = 2
    #expect(try await download.run() == .arrived)
    #expect(try bytes() == Self.content && names == ["weights.v2.h5"])
    #expect(server.log.map(\.start) == [0, 30_000, 80_000, 130_000, 180_000])
  }

  @Test func partsWithoutBytesAreAFailure() async throws {
    let server = try FixtureServer { Self.part(of: $0, largest: 0) }
    defer { server.stop() }
    var download = try download(server)
    download.attempts = 2
    let error = await #expect(throws: DownloadError.self) { try await download.run() }
    #expect(error.map { "\($0)" }?.contains("30000 bytes have arrived, expected 200000") == true)
    #expect(try names.count == 1 && names[0].hasSuffix(".part"))
  }

  /// The first 30 000 bytes, and then at most so many at a time.
  private static func part(of request: FixtureRequest, largest: Int) -> FixtureAnswer {
    let whole = FixtureAnswer.file(content, manner: .reset(after: 30_000))
    guard let start = request.headers["range"].flatMap({ Int($0.filter(\.isNumber)) }) else { return whole }
    let rest = Array(content[start...].prefix(largest))
    var headers = whole.headers
    headers["Content-Range"] = "bytes \(start)-\(start + rest.count - 1)/\(content.count)"
    return FixtureAnswer(status: 206, headers: headers, body: rest)
  }

  /// A run that has given up leaves what it has; the next one asks for the rest alone.
  @Test func theNextRunAsksForTheRest() async throws {
    let isBroken = Switch(true)
    let server = try FixtureServer { _ in
      .file(Self.content, manner: isBroken.isOn ? .reset(after: 70_000) : .whole)
    }
    defer { server.stop() }
    var download = try download(server)
    download.attempts = 1
    await #expect(throws: DownloadError.self) { try await download.run() }
    let part = try #require(names.first)
    #expect(try names.count == 1 && part.hasPrefix("weights.v2.h5.200000.") && part.hasSuffix(".part"))
    isBroken.isOn = false
    // Another file with a similar name is not taken for it.
    try Foundation.Data([1]).write(to: URL(filePath: folder.path("weights.5.abc.part")))
    #expect(try await download.run() == .arrived)
    #expect(try bytes() == Self.content && names == ["weights.5.abc.part", "weights.v2.h5"])
    #expect(server.log.map(\.start) == [0, 70_000])
  }

  @Test func aFileThatChangesMeanwhileIsTakenAnew() async throws {
    let isOld = Switch(true)
    let old = [UInt8](repeating: 9, count: 200_000)
    let server = try FixtureServer { _ in
      isOld.isOn ? .file(old, manner: .reset(after: 70_000)) : .file(Self.content)
    }
    defer { server.stop() }
    var download = try download(server)
    download.attempts = 1
    await #expect(throws: DownloadError.self) { try await download.run() }
    isOld.isOn = false
    download.attempts = 3
    #expect(try await download.run() == .arrived)
    #expect(try bytes() == Self.content && names == ["weights.v2.h5"])
  }

  @Test func otherContentIsRefused() async throws {
    let server = try FixtureServer { _ in .file([1, 2, 3]) }
    defer { server.stop() }
    let error = await #expect(throws: DownloadError.self) { try await download(server, sha256: Self.digest).run() }
    #expect(error.map { "\($0)" }?.contains("expected \(Self.digest)") == true)
    #expect(try names.isEmpty)
  }

  @Test func nothingIsReplaced() async throws {
    let server = try FixtureServer { _ in .file(Self.content) }
    defer { server.stop() }
    try Foundation.Data([1]).write(to: URL(filePath: folder.path("weights.v2.h5")))
    for digest in [nil, Self.digest] {
      let error = await #expect(throws: DownloadError.self) { try await download(server, sha256: digest).run() }
      #expect(error.map { "\($0)" }?.contains("is there already") == true)
    }
    #expect(try bytes() == [1])
    await #expect(throws: DownloadError.self) { try await download(server, "missing/file").run() }
    await #expect(throws: DownloadError.self) { try await download(server, "").run() }
    #expect(server.log.isEmpty)
  }

  @Test func aPageIsNoFile() async throws {
    let server = try FixtureServer { _ in .html("<html>Please sign in</html>") }
    defer { server.stop() }
    await #expect(throws: DownloadError.webPage(url: "\(server.address)/files/w")) { try await download(server).run() }
    #expect(try names.isEmpty)
    #expect(try await download(server, "page.html").run() == .arrived)
  }

  @Test func redirectsAreFollowedWithoutSecrets() async throws {
    let files = try FixtureServer { _ in .file(Self.content) }
    let server = try FixtureServer { request in
      request.path == "/files/w" ? .redirect(to: "/there") : .redirect(307, to: "\(files.address)/w")
    }
    defer {
      files.stop()
      server.stop()
    }
    var download = try download(server)
    download.headers = ["Authorization": "Bearer secret"]
    #expect(try await download.run() == .arrived)
    #expect(server.log.map { $0.request.headers["authorization"] } == ["Bearer secret", "Bearer secret"])
    #expect(files.log.map { $0.request.headers["authorization"] } == [nil])
    #expect(try bytes() == Self.content)
  }

  @Test(arguments: ["ftp://example.org/w", "/endless"])
  func uselessRedirectsAreRefused(_ location: String) async throws {
    let server = try FixtureServer { _ in .redirect(to: location) }
    defer { server.stop() }
    let error = await #expect(throws: DownloadError.self) { try await download(server).run() }
    #expect(error.map { "\($0)" }?.contains("redirects to") == true)
    #expect(server.log.count == (location == "/endless" ? 6 : 1))
  }

  @Test func serversThatAreBusyAreAskedAgain() async throws {
    let count = Steps()
    let server = try FixtureServer { _ in
      count.add(0, nil)
      return count.all.count < 3 ? .status(503, ["Retry-After": "0"]) : .file(Self.content)
    }
    defer { server.stop() }
    #expect(try await download(server).run() == .arrived)
    #expect(server.log.map(\.status) == [503, 503, 200])
  }

  @Test(arguments: [404, 403, 401, 410]) func refusalsAreFinal(status: Int) async throws {
    let server = try FixtureServer { _ in .status(status) }
    defer { server.stop() }
    let error = await #expect(throws: DownloadError.self) { try await download(server).run() }
    #expect(error == .status(status, url: "\(server.address)/files/w") && server.log.count == 1)
  }

  @Test func wrongArgumentsAreNamed() async throws {
    let path = folder.path("w")
    for text in ["ftp://example.org/w", "file:///etc/hosts", "/w"] {
      let url = try #require(URL(string: text))
      let error = await #expect(throws: DownloadError.self) { try await Download(url, to: path).run() }
      #expect(error == .address(url.absoluteString))
    }
    let url = try #require(URL(string: "http://127.0.0.1:1/w"))
    await #expect(throws: DownloadError.digest("abc")) { try await Download(url, to: path, sha256: "abc").run() }
    var unreachable = Download(url, to: path)
    unreachable.attempts = 1
    let error = await #expect(throws: DownloadError.self) { try await unreachable.run() }
    #expect(error.map { "\($0)" }?.contains("no connection to 127.0.0.1") == true)
    #expect(try names.isEmpty)
  }

  /// Begins a download that takes long, and waits until some bytes are there.
  private func begin(_ download: Download) async throws -> Task<Download.Outcome, any Error> {
    let started = Switch(false)
    let task = Task { try await download.run { received, _ in if received > 0 { started.isOn = true } } }
    while !started.isOn { try await Task.sleep(for: .milliseconds(5)) }
    return task
  }

  /// A task that is cancelled ends, and leaves what it has.
  @Test func aCancelledRunKeepsWhatItHas() async throws {
    let server = try FixtureServer { _ in .file(Self.content, manner: .pieces(100, pause: .milliseconds(50))) }
    defer { server.stop() }
    let task = try await begin(download(server))
    task.cancel()
    await #expect(throws: CancellationError.self) { try await task.value }
    #expect(try names.count == 1 && names[0].hasSuffix(".part"))
  }

  /// Two runs of one file at once would mix their bytes.
  @Test func twoRunsDoNotMeet() async throws {
    let server = try FixtureServer { _ in .file(Self.content, manner: .pieces(100, pause: .milliseconds(50))) }
    defer { server.stop() }
    let download = try download(server)
    let task = try await begin(download)
    let error = await #expect(throws: DownloadError.self) { try await download.run() }
    #expect(error.map { "\($0)" }?.contains("another process downloads the file") == true)
    task.cancel()
    _ = await task.result
  }
}

/// What a download has told.
private final class Steps: @unchecked Sendable {
  private let lock = NSLock()
  private var steps: [(received: Int, size: Int?)] = []
  func add(_ received: Int, _ size: Int?) { lock.withLock { steps.append((received, size)) } }
  var all: [(received: Int, size: Int?)] { lock.withLock { steps } }
}

/// Something that is on or off, for several threads.
private final class Switch: @unchecked Sendable {
  private let lock = NSLock()
  private var value: Bool
  init(_ value: Bool) { self.value = value }
  var isOn: Bool {
    get { lock.withLock { value } }
    set { lock.withLock { value = newValue } }
  }
}
