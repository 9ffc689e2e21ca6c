import Foundation
import HummingbirdCore
import Kilim
import Logging
import ServiceLifecycle
import Testing

@testable import PhotoServer

/// The end of the server, as at SIGTERM, and of connections.
struct EndingTests {
  /// Runs a server on a port of its own until it ends.
  private func run(
    _ server: PhotoServer, http: HTTPServerBuilder = .http1(),
    _ body: @escaping (_ port: Int, _ services: ServiceGroup) async throws -> Void
  ) async throws {
    let (ports, found) = AsyncStream<Int>.makeStream()
    let application = server.application(http: http) { found.yield($0) }
    let services = ServiceGroup(services: [application], logger: Logger(label: "test"))
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await services.run() }
      var iterator = ports.makeAsyncIterator()
      try await body(try #require(await iterator.next()), services)
      await services.triggerGracefulShutdown()
      try await group.waitForAll()
    }
  }

  /// A request that has begun is answered, and nothing else.
  @Test func aRequestThatHasBegunIsAnswered() async throws {
    let server = try PhotoServer(Colours.model(), name: "colours")
    try await run(server) { port, services in
      let connection = try #require(Connection(port: port))
      let (head, photo) = (
        "POST /v1/predict HTTP/1.1\r\nHost: x\r\nContent-Length: \(Colours.red.count)\r\n\r\n", Colours.red
      )
      connection.send(Array(head.utf8) + photo.prefix(20))
      // Until the server has the first bytes.
      while server.heldByteCount < 20 { try await Task.sleep(for: .milliseconds(1)) }
      await services.triggerGracefulShutdown()
      // Until it takes no more connections.
      while Connection(port: port) != nil { try await Task.sleep(for: .milliseconds(1)) }
      connection.send(photo.dropFirst(20))
      let answer = await connection.received().lowercased()
      #expect(answer.hasPrefix("http/1.1 200"), "\(answer)")
      #expect(answer.contains("connection: close") && answer.contains("\"red\""), "\(answer)")
    }
  }

  /// A client that asks and never reads does not hold the only place of the server, nor its end.
  @Test func aConnectionThatTakesNoAnswersIsClosed() async throws {
    var limits = ServerLimits()
    (limits.connections, limits.unreadSeconds) = (1, 0.1)
    let server = try PhotoServer(Colours.model(), name: "colours", limits: limits)
    try await run(server, http: .http1(limits)) { port, _ in
      let connection = try #require(Connection(port: port))
      #expect(await connection.sendUntilClosed("GET / HTTP/1.1\r\nHost: x\r\n\r\n"))
      let next = try #require(Connection(port: port))
      next.send(Array("GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".utf8))
      #expect(await next.received().hasPrefix("HTTP/1.1 200"))
    }
  }
}
