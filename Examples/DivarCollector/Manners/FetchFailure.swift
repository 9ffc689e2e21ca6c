/// Why an address could not be fetched, after everything that may be tried was tried.
package enum FetchFailure: Error, Equatable, CustomStringConvertible {
  /// The rules of the site do not allow it.
  case robots(host: String)
  /// There is nothing at the address any more: status 404 or 410.
  case gone(status: Int)
  /// The site does not answer us: status 401, 403 or 451.
  case refused(status: Int)
  /// Another status that stands for no success.
  case status(Int)
  /// The address leads on to one that is not followed.
  case redirect(to: String, reason: String)
  /// What came is no answer to the question: a page of a guard in front of the site, perhaps.
  case notUnderstood
  /// The site asked us to stay away for longer than a program should wait.
  case askedToWait(host: String, seconds: Int)
  /// The host could not be reached, again and again; it is not tried any more.
  case unreachable(HTTPFailure)
  /// A failure that repeating does not mend, or that repeating did not mend.
  case transport(HTTPFailure)

  /// Whether it may succeed on another day.
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
    case .gone(let status): "there is nothing any more (status \(status))"
    case .refused(let status): "the site refuses to answer (status \(status))"
    case .status(let status): "the answer has the status \(status)"
    case .redirect(let address, let reason): "it leads on to \(address), \(reason)"
    case .notUnderstood: "the answer is not understood"
    case .askedToWait(let host, let seconds): "\(host) asks to come back in \(seconds) seconds"
    case .unreachable(let failure), .transport(let failure): "\(failure)"
    }
  }
}
