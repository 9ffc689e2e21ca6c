import Foundation
import Testing

/// A connection to a port of this machine, whose requests may arrive in parts.
final class Connection: Sendable {
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

  /// Sends the same bytes again and again and never reads, until the other side closes the connection; `false` if it does not
  /// within ten minutes.
  func sendUntilClosed(_ text: String) async -> Bool {
    await withCheckedContinuation { continuation in
      DispatchQueue.global().async { [socket] in
        var patience = timeval(tv_sec: 600, tv_usec: 0)
        setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        let bytes = Array(text.utf8)
        while Glibc.send(socket, bytes, bytes.count, Int32(MSG_NOSIGNAL)) > 0 {}
        continuation.resume(returning: errno == ECONNRESET || errno == EPIPE)
      }
    }
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
