import Downloads
import Foundation
import TestSupport
import Testing

@Suite struct CurlTransportTests {
  private let transport = CurlTransport(policy: .any, timeout: .seconds(30))

  private func send(
    _ answer: FixtureAnswer, limit: Int = 100_000, timeout: Duration = .seconds(30)
  ) async throws -> (head: HTTPHead, body: [UInt8]) {
    let server = try FixtureServer { _ in answer }
    defer { server.stop() }
    let url = try #require(URL(string: "\(server.address)/a?b=c"))
    let sink = MemorySink()
    let head = try await CurlTransport(policy: .any, timeout: timeout)
      .send(HTTPRequest(url, byteLimit: limit), into: sink)
    return (head, sink.bytes)
  }

  @Test func asksAndAnswers() async throws {
    let server = try FixtureServer { request in
      FixtureAnswer(headers: ["X-Echo": "\(request.method) \(request.target)"], body: request.body.reversed())
    }
    defer { server.stop() }
    let url = try #require(URL(string: "\(server.address)/a%20b?c=d"))
    for round in 0..<3 {
      let sink = MemorySink()
      let head = try await transport.send(
        HTTPRequest(url, method: .post, headers: ["X-Round": "\(round)"], body: [1, 2, 0, 3], byteLimit: 100),
        into: sink)
      #expect(head.status == 200 && head.headers["x-echo"] == "POST /a%20b?c=d")
      #expect(sink.bytes == [3, 0, 2, 1])
    }
    let rounds = server.log.filter { $0.request.headers["x-round"] != nil }
    #expect(rounds.map { $0.request.headers["x-round"] } == ["0", "1", "2"])
    #expect(Set(rounds.map(\.connection)).count == 1, "one connection serves all rounds")
  }

  @Test func bodiesOfFailuresAreThrownAway() async throws {
    let answer = try await send(.html("no", status: 404))
    #expect(answer.head.status == 404 && answer.body.isEmpty)
  }

  @Test func redirectIsAnAnswer() async throws {
    let answer = try await send(.redirect(to: "http://example.org/"))
    #expect(answer.head.status == 302 && answer.head.headers["location"] == "http://example.org/")
  }

  @Test func emptyBodyIsAnAnswer() async throws {
    let answer = try await send(FixtureAnswer())
    #expect(answer.head.isSuccess && answer.body.isEmpty)
  }

  @Test(arguments: [
    FixtureAnswer(body: [UInt8](repeating: 1, count: 1001)),
    FixtureAnswer(body: [UInt8](repeating: 1, count: 1001), manner: .chunked),
    FixtureAnswer(manner: .endless),
    FixtureAnswer(headers: ["Content-Length": "9000000000000"]),
  ])
  func hugeBodyIsCut(_ answer: FixtureAnswer) async throws {
    await #expect(throws: HTTPFailure.tooLarge(limit: 1000)) { try await send(answer, limit: 1000) }
  }

  @Test func resetInTheMiddle() async throws {
    let answer = FixtureAnswer(body: [UInt8](repeating: 1, count: 5000), manner: .reset(after: 2000))
    let failure = try await #require(throws: HTTPFailure.self) { try await send(answer) }
    guard case .interrupted = failure else {
      Issue.record("\(failure)")
      return
    }
    #expect(failure.isTransient)
  }

  @Test func answerThatNeverComes() async throws {
    await #expect(throws: HTTPFailure.timedOut) {
      try await send(FixtureAnswer(manner: .never), timeout: .milliseconds(150))
    }
  }

  @Test func unreachableHost() async throws {
    let server = try FixtureServer { _ in .status(200) }
    server.stop()
    let url = try #require(URL(string: server.address))
    let failure = try await #require(throws: HTTPFailure.self) {
      try await transport.send(HTTPRequest(url, byteLimit: 1), into: MemorySink())
    }
    #expect(failure.isUnreachable)
  }

  // Names of this machine, and ways to write its address.
  @Test(arguments: ["127.0.0.1", "localhost", "0x7f.1", "2130706433", "[::ffff:127.0.0.1]", "0.0.0.0"])
  func privateAddressIsRefused(_ host: String) async throws {
    let server = try FixtureServer { _ in .status(200) }
    defer { server.stop() }
    let url = try #require(URL(string: "http://\(host):\(server.port)/"))
    let failure = try await #require(throws: HTTPFailure.self) {
      try await CurlTransport().send(HTTPRequest(url, byteLimit: 1), into: MemorySink())
    }
    guard case .refusedAddress = failure else {
      Issue.record("\(failure)")
      return
    }
    #expect(server.mostConnections == 0)
  }

  @Test func otherProtocolIsRefused() async throws {
    let url = try #require(URL(string: "file:///etc/hostname"))
    await #expect(throws: HTTPFailure.self) {
      try await transport.send(HTTPRequest(url, byteLimit: 1000), into: MemorySink())
    }
  }

  @Test func cancellationEndsTheWait() async throws {
    let (arrivals, arrived) = AsyncStream.makeStream(of: Void.self)
    let server = try FixtureServer { _ in
      arrived.yield()
      return FixtureAnswer(manner: .never)
    }
    defer { server.stop() }
    let url = try #require(URL(string: server.address))
    let transport = CurlTransport(policy: .any, timeout: .seconds(3600))
    let task = Task { try await transport.send(HTTPRequest(url, byteLimit: 1), into: MemorySink()) }
    for await _ in arrivals { break }
    task.cancel()
    await #expect(throws: CancellationError.self) { try await task.value }
  }
}
