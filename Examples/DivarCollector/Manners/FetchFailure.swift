import Downloads
import Tensor

/// Why an address cannot be fetched, after all repetitions.
package enum FetchFailure: Error, Equatable, CustomStringConvertible {
  /// The rules of the site do not allow it.
  case robots(host: String)
  /// The address is gone: status 404 or 410.
  case gone(status: Int)
  /// The site refuses to answer: status 401, 403 or 451.
  case refused(status: Int)
  /// Another status than success.
  case status(Int)
  /// A redirect that is not followed.
  case redirect(to: String, reason: String)
  /// The answer has an unknown form, such as a page of a bot check.
  case notUnderstood
  /// The site asks to wait longer than the collector waits.
  case askedToWait(host: String, seconds: Int)
  /// The host cannot be reached after several tries; it is not tried again.
  case unreachable(HTTPFailure)
  /// Another failure of the connection.
  case transport(HTTPFailure)

  /// Whether a later run may succeed.
  package var isTransient: Bool {
    switch self {
    case .refused, .notUnderstood, .askedToWait, .unreachable: true
    case .status(let status): status >= 500 || status == 429 || status == 408
    case .transport(let failure): failure.isTransient
    case .robots, .gone, .redirect: false
    }
  }

  /// The kind of failure, for counts.
  package var kind: String {
    switch self {
    case .robots: "not allowed by robots.txt"
    case .gone: "removed"
    case .refused: "refused"
    case .status(let status): "status \(status)"
    case .redirect: "redirected away"
    case .notUnderstood: "not understood"
    case .askedToWait: "asked to wait"
    case .unreachable: "unreachable"
    case .transport(.timedOut): "timed out"
    case .transport(.interrupted): "connection broken"
    case .transport(.tooLarge): "too large"
    case .transport(.refusedAddress): "private address"
    case .transport(.untrusted): "certificate"
    case .transport: "connection failed"
    }
  }

  /// One clause that says what happened.
  package var description: String {
    switch self {
    case .robots(let host): "the robots.txt of \(host) does not allow it"
    case .gone(let status): "it is gone (status \(status))"
    case .refused(let status): "the site refuses to answer (status \(status))"
    case .status(let status): "the status is \(status)"
    case .redirect(let address, let reason): "it redirects to \(address), \(reason)"
    case .notUnderstood: "the answer is not understood"
    case .askedToWait(let host, let seconds): "\(host) asks to wait for \(counted(seconds, "second"))"
    case .transport(.refusedAddress(let host, let address)):
      "\(HTTPFailure.refusedAddress(host: host, address: address)); --allow-private-addresses allows it"
    case .unreachable(let failure), .transport(let failure): "\(failure)"
    }
  }
}
