import Foundation
import Kilim
import Logging
import ServiceLifecycle
import Testing

@testable import PhotoServer

/// The end of the server, as at SIGTERM.
struct EndingTests {
  /// A request that has begun is answered, and nothing else.
  @Test func aRequestThatHasBegunIsAnswered() async throws {
    let (ports, found) = AsyncStream<Int>.makeStream()
    let server = try PhotoServer(Colours.model(), name: "colours")
    let application = server.application { found.yield($0) }
    let services = ServiceGroup(services: [application], logger: Logger(label: "test"))
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await services.run() }
      var iterator = ports.makeAsyncIterator()
      let port = try #require(await iterator.next())
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
      try await group.waitForAll()
    }
  }
}

/// A connection to a port of this machine, whose requests may arrive in parts.
private final class Connection: Sendable {
  private let socket: Int32

  /// `nil` if the port takes no connections.
  init?(port: Int) {
    socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(port).bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let status = withUnsafePointer(to: address) { address in
      address.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard status == 0 else { return nil }
  }

  deinit { close(socket) }

  func send(_ bytes: some Collection<UInt8>) {
    let bytes = Array(bytes)
    let count = Glibc.send(socket, bytes, bytes.count, Int32(MSG_NOSIGNAL))
    #expect(count == bytes.count)
  }

  /// All that comes until the other side closes the connection.
  func received() async -> String {
    await withCheckedContinuation { continuation in
      DispatchQueue.global().async { [socket] in
        var (bytes, buffer) = ([UInt8](), [UInt8](repeating: 0, count: 4096))
        while case let count = recv(socket, &buffer, buffer.count, 0), count > 0 { bytes += buffer[..<count] }
        continuation.resume(returning: String(decoding: bytes, as: UTF8.self))
      }
    }
  }
}
