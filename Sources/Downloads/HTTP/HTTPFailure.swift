/// Why no whole answer arrived.
package enum HTTPFailure: Error, Equatable, CustomStringConvertible {
  /// The name of the host cannot be resolved.
  case unresolved(host: String)
  /// No connection could be made.
  case unreachable(host: String, reason: String)
  /// The address of the host is not on the public internet.
  case refusedAddress(host: String, address: String)
  /// The certificate of the host cannot be trusted.
  case untrusted(host: String, reason: String)
  /// The answer took too long.
  case timedOut
  /// The connection ended before the answer was complete.
  case interrupted(reason: String)
  /// Another process writes the file.
  case inUse
  /// The answer has more bytes than the limit.
  case tooLarge(limit: Int)
  /// Another error, in the words of libcurl.
  case other(reason: String)

  /// Whether the same request may succeed a little later.
  package var isTransient: Bool {
    switch self {
    case .unresolved, .unreachable, .timedOut, .interrupted: true
    case .refusedAddress, .untrusted, .inUse, .tooLarge, .other: false
    }
  }

  /// Whether there was no connection to the host at all.
  package var isUnreachable: Bool {
    switch self {
    case .unresolved, .unreachable: true
    default: false
    }
  }

  /// The failure in a few words.
  package var description: String {
    switch self {
    case .unresolved(let host): "the name \(host) cannot be resolved"
    case .unreachable(let host, let reason): "no connection to \(host): \(reason)"
    case .refusedAddress(let host, let address):
      "\(host) has the address \(address), which is not a public one"
    case .untrusted(let host, let reason): "the certificate of \(host) cannot be trusted: \(reason)"
    case .timedOut: "no answer in time"
    case .interrupted(let reason): "the connection broke: \(reason)"
    case .inUse: "another process downloads the file"
    case .tooLarge(let limit): "the answer holds more than \(limit) bytes"
    case .other(let reason): reason
    }
  }
}
