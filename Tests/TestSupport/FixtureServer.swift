import Foundation
import Synchronization

/// A real HTTP server on loopback that can misbehave in every way, and writes down what happened.
public final class FixtureServer: Sendable {
  public typealias Handler = @Sendable (FixtureRequest) -> FixtureAnswer

  public let port: UInt16
  private let listener: Int32
  private let entries = Mutex<[FixtureLogEntry]>([])
  private let open = Mutex<(connections: Set<Int32>, most: Int, isStopped: Bool)>(([], 0, false))
  private let handler: Handler

  /// Starts a server on a free port.
  public init(_ handler: @escaping Handler) throws {
    self.handler = handler
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = in_addr_t(0x7f00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isListening = withUnsafeMutableBytes(of: &address) { bytes in
      guard let address = bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self) else { return false }
      return bind(listener, address, length) == 0 && listen(listener, 128) == 0
        && getsockname(listener, address, &length) == 0
    }
    guard isListening else { throw POSIXError(.EADDRNOTAVAIL) }
    port = UInt16(bigEndian: address.sin_port)
    self.listener = listener
    Thread.detachNewThread { [self] in acceptConnections() }
  }

  /// Stops listening and cuts all connections.
  public func stop() {
    open.withLock { open in
      open.isStopped = true
      for connection in open.connections { shutdown(connection, Int32(SHUT_RDWR)) }
    }
    shutdown(listener, Int32(SHUT_RDWR))
  }

  public var address: String { "http://127.0.0.1:\(port)" }

  /// What happened so far.
  public var log: [FixtureLogEntry] { entries.withLock { $0 } }

  /// The most connections that were open at a time.
  public var mostConnections: Int { open.withLock { $0.most } }

  /// Closes the listener itself: closed by `stop`, its number could already be that of another server's listener when it
  /// is asked for the next connection here, and that server's client would wait for ever.
  private func acceptConnections() {
    defer { close(listener) }
    for number in 0... {
      let connection = accept(listener, nil, nil)
      guard connection >= 0 else { return }
      _ = fcntl(connection, F_SETFD, FD_CLOEXEC)
      let isStopped = open.withLock { open in
        open.connections.insert(connection)
        open.most = max(open.most, open.connections.count)
        return open.isStopped
      }
      if isStopped {
        close(connection)
        return
      }
      Thread.detachNewThread { [self] in
        serve(connection, number: number)
        _ = open.withLock { $0.connections.remove(connection) }
        close(connection)
      }
    }
  }

  /// Answers one request after the other.
  private func serve(_ connection: Int32, number connectionNumber: Int) {
    var one: Int32 = 1
    setsockopt(connection, Int32(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<Int32>.size))
    var received: [UInt8] = []
    var last: Int?
    while let request = readRequest(connection, &received, last: &last) {
      let answer = handler(request).part(request)
      let start = answer.status == 206 ? request.headers["range"].flatMap { Int($0.filter(\.isNumber)) } ?? 0 : 0
      let number = entries.withLock { entries in
        entries.append(
          FixtureLogEntry(
            request: request, connection: connectionNumber, status: answer.status, start: start))
        return entries.count - 1
      }
      guard send(answer, connection, number) else { return }
      last = number
    }
  }

  /// Reads a request. Whatever comes but a reset tells that the answer before was taken.
  private func readRequest(_ connection: Int32, _ received: inout [UInt8], last: inout Int?) -> FixtureRequest? {
    var piece = [UInt8](repeating: 0, count: 65_536)
    var end = received.firstRange(of: Array("\r\n\r\n".utf8))
    var head: (line: [Substring], headers: [String: String])?
    while true {
      if head == nil, let end { head = Self.parse(received[..<end.lowerBound]) }
      if let head, let end {
        let bodyEnd = end.upperBound + (head.headers["content-length"].flatMap { Int($0) } ?? 0)
        if received.count >= bodyEnd, head.line.count >= 2 {
          let body = Array(received[end.upperBound..<bodyEnd])
          received.removeFirst(bodyEnd)
          return FixtureRequest(
            method: String(head.line[0]), target: String(head.line[1]), headers: head.headers, body: body, time: .now)
        }
      }
      let count = recv(connection, &piece, piece.count, 0)
      if count >= 0, let number = last {
        entries.withLock { $0[number].isDelivered = true }
        last = nil
      }
      guard count > 0 else { return nil }
      received.append(contentsOf: piece[..<count])
      end = received.firstRange(of: Array("\r\n\r\n".utf8))
    }
  }

  private static func parse(_ head: ArraySlice<UInt8>) -> (line: [Substring], headers: [String: String]) {
    let lines = String(decoding: head, as: UTF8.self).split(separator: "\r\n")
    var headers: [String: String] = [:]
    for line in lines.dropFirst() {
      let field = line.split(separator: ":", maxSplits: 1)
      headers[field[0].lowercased()] = field.last.map { $0.trimmingCharacters(in: .whitespaces) }
    }
    return (lines.first?.split(separator: " ") ?? [], headers)
  }

  /// Sends an answer. Tells whether the connection goes on.
  private func send(_ answer: FixtureAnswer, _ connection: Int32, _ number: Int) -> Bool {
    var head = "HTTP/1.1 \(answer.status) Fixture\r\n"
    var headers = answer.headers
    switch answer.manner {
    case .chunked: headers["Transfer-Encoding"] = "chunked"
    case .endless: headers["Connection"] = "close"
    default: headers["Content-Length"] = headers["Content-Length"] ?? String(answer.body.count)
    }
    for (name, value) in headers { head += "\(name): \(value)\r\n" }
    if case .never = answer.manner {
      var byte: UInt8 = 0
      while recv(connection, &byte, 1, 0) > 0 {}
      return false
    }
    guard write(Array("\(head)\r\n".utf8)[...], connection) else { return false }
    return sendBody(answer, connection) { count in self.entries.withLock { $0[number].sentCount += count } }
  }

  private func sendBody(_ answer: FixtureAnswer, _ connection: Int32, sent: (Int) -> Void) -> Bool {
    func write(_ bytes: ArraySlice<UInt8>) -> Bool {
      guard self.write(bytes, connection) else { return false }
      sent(bytes.count)
      return true
    }
    switch answer.manner {
    case .whole: return write(answer.body[...])
    case .never: return false
    case .pieces(let count, let pause):
      let size = max(1, (answer.body.count + count - 1) / count)
      for start in stride(from: 0, to: answer.body.count, by: size) {
        if start > 0 { Thread.sleep(forTimeInterval: pause / .seconds(1)) }
        guard write(answer.body[start..<min(start + size, answer.body.count)]) else { return false }
      }
      return true
    case .reset(let count):
      _ = write(answer.body.prefix(count))
      waitUntilTaken(connection)
      var linger = linger(l_onoff: 1, l_linger: 0)
      setsockopt(connection, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<linger>.size))
      return false
    case .chunked:
      let length = Array("\(String(answer.body.count, radix: 16))\r\n".utf8)
      return self.write(length[...], connection) && write(answer.body[...])
        && self.write(Array("\r\n0\r\n\r\n".utf8)[...], connection)
    case .endless:
      let zeros = [UInt8](repeating: 0, count: 65_536)
      while write(zeros[...]) {}
      return false
    }
  }

  /// Waits until the other side has received all that was sent: a reset would discard the rest.
  private func waitUntilTaken(_ connection: Int32) {
    var count: Int32 = 0
    while ioctl(connection, UInt(TIOCOUTQ), &count) == 0, count > 0 { usleep(500) }
  }

  private func write(_ bytes: ArraySlice<UInt8>, _ connection: Int32) -> Bool {
    var rest = bytes
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes {
        Glibc.send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else { return false }
      rest = rest.dropFirst(count)
    }
    return true
  }
}
