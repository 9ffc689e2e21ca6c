import CCurl
import Glibc
import Serialization
import Synchronization

/// One request and its answer: the state that the callbacks of libcurl read and write.
///
/// Only the cancellation flag is shared between threads. All other state belongs to the thread that calls ``perform(on:_:)``.
final class CurlExchange: @unchecked Sendable {
  private let request: HTTPRequest
  private let sink: any BodySink
  private let policy: AddressPolicy
  private let isCancelled = Atomic(false)

  private var head = HTTPHead(status: 0)
  private var hasStarted = false
  private var byteCount = 0
  /// The error with which a callback ended the exchange.
  private var failure: (any Error)?
  /// The last address that the policy did not allow.
  private var refusedAddress: IPAddress?

  init(_ request: HTTPRequest, sink: any BodySink, policy: AddressPolicy) {
    self.request = request
    self.sink = sink
    self.policy = policy
  }

  /// Makes the exchange end soon. May be called from any thread.
  func cancel() {
    isCancelled.store(true, ordering: .relaxed)
  }

  /// Runs the exchange and waits until it ends.
  func perform(on handle: CurlHandle, _ settings: CurlTransport.Settings) throws -> HTTPHead {
    let curl = handle.pointer
    let fields = request.headers.reduce(nil as UnsafeMutablePointer<curl_slist>?) { list, field in
      curl_slist_append(list, "\(field.key): \(field.value)") ?? list
    }
    let message = UnsafeMutableBufferPointer<CChar>.allocate(capacity: Int(CURL_ERROR_SIZE))
    message.initialize(repeating: 0)
    defer {
      curl_easy_reset(curl)
      curl_slist_free_all(fields)
      message.deallocate()
    }
    // A caller may ask for more milliseconds than an `Int` holds.
    func milliseconds(_ time: Duration) -> Int { Int(min(time / .milliseconds(1), 1e15)) }
    kilim_curl_allow_web_alone(curl)
    kilim_curl_set_text(curl, CURLOPT_URL, request.url.absoluteString)
    if !settings.usesProxies { kilim_curl_set_text(curl, CURLOPT_PROXY, "") }
    kilim_curl_set_number(curl, CURLOPT_NOSIGNAL, 1)
    kilim_curl_set_number(curl, CURLOPT_NOPROGRESS, 0)
    kilim_curl_set_number(curl, CURLOPT_MAXCONNECTS, 1)
    // Keeps the connection however long the wait between two requests is: by default libcurl opens a new one after 118
    // seconds.
    kilim_curl_set_number(curl, CURLOPT_MAXAGE_CONN, 24 * 60 * 60)
    if let timeout = settings.timeout { kilim_curl_set_number(curl, CURLOPT_TIMEOUT_MS, milliseconds(timeout)) }
    if let patience = settings.patience {
      kilim_curl_set_number(curl, CURLOPT_LOW_SPEED_LIMIT, 1)
      kilim_curl_set_number(curl, CURLOPT_LOW_SPEED_TIME, max(1, milliseconds(patience) / 1000))
    }
    let connecting = [settings.timeout, settings.patience, .seconds(10)].compactMap(\.self).min()
    kilim_curl_set_number(curl, CURLOPT_CONNECTTIMEOUT_MS, milliseconds(connecting ?? .seconds(10)))
    kilim_curl_set_pointer(curl, CURLOPT_HTTPHEADER, fields)
    kilim_curl_set_pointer(curl, CURLOPT_ERRORBUFFER, message.baseAddress)
    if request.method == .post {
      kilim_curl_set_number(curl, CURLOPT_POST, 1)
      kilim_curl_set_number(curl, CURLOPT_POSTFIELDSIZE, request.body.count)
      request.body.withUnsafeBufferPointer { body in
        _ = kilim_curl_set_pointer(curl, CURLOPT_COPYPOSTFIELDS, UnsafeMutableRawPointer(mutating: body.baseAddress))
      }
    }
    setCallbacks(of: curl)
    let code = withExtendedLifetime(self) { curl_easy_perform(curl) }
    return try answer(code, message: String(cString: Array(message)))
  }

  private func setCallbacks(of curl: UnsafeMutableRawPointer) {
    let this = Unmanaged.passUnretained(self).toOpaque()
    for option in [CURLOPT_HEADERDATA, CURLOPT_WRITEDATA, CURLOPT_XFERINFODATA, CURLOPT_OPENSOCKETDATA] {
      kilim_curl_set_pointer(curl, option, this)
    }
    kilim_curl_set_on_header(curl) { bytes, _, count, this in
      CurlExchange.at(this).takeHeader(UnsafeRawBufferPointer(start: bytes, count: count)) ? count : 0
    }
    kilim_curl_set_on_body(curl) { bytes, _, count, this in
      CurlExchange.at(this).takeBody(UnsafeRawBufferPointer(start: bytes, count: count)) ? count : 0
    }
    kilim_curl_set_on_progress(curl) { this, _, _, _, _ in
      CurlExchange.at(this).isCancelled.load(ordering: .relaxed) ? 1 : 0
    }
    kilim_curl_set_on_socket(curl) { this, _, address in
      CurlExchange.at(this).openSocket(for: address)
    }
  }

  private static func at(_ pointer: UnsafeMutableRawPointer?) -> CurlExchange {
    guard let pointer else { fatalError("libcurl lost the exchange") }
    return Unmanaged<CurlExchange>.fromOpaque(pointer).takeUnretainedValue()
  }
}

// The callbacks of libcurl.
extension CurlExchange {
  /// Reads one line of the head. Returns whether to continue.
  private func takeHeader(_ bytes: UnsafeRawBufferPointer) -> Bool {
    let line = String(decoding: bytes, as: UTF8.self)
    if line.hasPrefix("HTTP/") {
      let status = line.split(separator: " ").dropFirst().first.flatMap { Int($0.prefix(3)) }
      head = HTTPHead(status: status ?? 0)
    } else if let colon = line.firstIndex(of: ":") {
      head.headers[line[..<colon].lowercased()] = line[line.index(after: colon)...].trimmed
    } else if line.trimmed.isEmpty, head.status >= 200 {
      // The final answer follows a provisional one (1xx).
      return attempt { try startBody() }
    }
    return true
  }

  /// Receives a piece of the body. Returns whether to continue.
  private func takeBody(_ bytes: UnsafeRawBufferPointer) -> Bool {
    attempt {
      byteCount += bytes.count
      if byteCount > request.byteLimit { throw HTTPFailure.tooLarge(limit: request.byteLimit) }
      if head.isSuccess { try sink.write(bytes) }
    }
  }

  /// Stores the error that `action` throws. Returns whether to continue.
  private func attempt(_ action: () throws -> Void) -> Bool {
    do {
      try action()
      return true
    } catch {
      failure = error
      return false
    }
  }

  private func startBody() throws {
    // A blank line also ends the fields after a body in chunks.
    guard !hasStarted, head.isSuccess else { return }
    hasStarted = true
    if let announced = head.length, announced > request.byteLimit {
      throw HTTPFailure.tooLarge(limit: request.byteLimit)
    }
    try sink.start(head)
  }

  private func openSocket(for address: UnsafeMutablePointer<curl_sockaddr>?) -> curl_socket_t {
    guard let address, let offset = MemoryLayout<curl_sockaddr>.offset(of: \.addr) else { return CURL_SOCKET_BAD }
    let found = address.pointee
    let ip = IPAddress(UnsafeRawPointer(address) + offset, family: found.family)
    guard policy.allows(ip) else {
      refusedAddress = ip
      return CURL_SOCKET_BAD
    }
    return socket(found.family, found.socktype | Int32(SOCK_CLOEXEC.rawValue), found.protocol)
  }
}

extension CurlExchange {
  private func answer(_ code: CURLcode, message: String) throws -> HTTPHead {
    if let failure { throw failure }
    let host = request.url.host() ?? ""
    let reason = message.isEmpty ? String(cString: curl_easy_strerror(code)) : message
    switch code {
    case CURLE_OK:
      if hasStarted { try sink.end() }
      return head
    case CURLE_ABORTED_BY_CALLBACK: throw CancellationError()
    case CURLE_COULDNT_RESOLVE_HOST: throw HTTPFailure.unresolved(host: host)
    case CURLE_COULDNT_CONNECT, CURLE_SSL_CONNECT_ERROR:
      if let refusedAddress { throw HTTPFailure.refusedAddress(host: host, address: "\(refusedAddress)") }
      throw HTTPFailure.unreachable(host: host, reason: reason)
    case CURLE_PEER_FAILED_VERIFICATION: throw HTTPFailure.untrusted(host: host, reason: reason)
    case CURLE_OPERATION_TIMEDOUT: throw HTTPFailure.timedOut
    case CURLE_PARTIAL_FILE, CURLE_RECV_ERROR, CURLE_SEND_ERROR, CURLE_GOT_NOTHING, CURLE_HTTP2, CURLE_HTTP2_STREAM:
      throw HTTPFailure.interrupted(reason: reason)
    default: throw HTTPFailure.other(reason: reason)
    }
  }
}
