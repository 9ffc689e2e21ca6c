import Downloads
import Foundation
import Synchronization

/// Fetches within the rules of a site: it obeys robots.txt, the rate, the number of connections and `Retry-After`,
/// repeats requests with temporary failures, and follows no redirect to another host.
package final class Fetcher: Sendable {
  /// The limits of the requests.
  package struct Manners: Sendable {
    /// Requests in a second, all hosts together.
    package var rate = 0.5
    /// Exchanges at the same time, all hosts together.
    package var connections = 4
    /// How often a request is sent before it counts as failed.
    package var attempts = 5
    /// The longest wait before the first repetition; it doubles with each further one.
    package var backoff: Duration = .seconds(2)
    /// The longest `Retry-After` to wait for.
    package var patience: Duration = .seconds(900)
    /// The seed of the random part of waits.
    package var seed: UInt64 = 1

    /// The limits for sites of other people.
    package init() {}
  }

  private static let redirectLimit = 5
  /// How often an unreachable host is tried.
  private static let reachingAttempts = 3

  private let transport: any HTTPTransport
  private let userAgent: UserAgent
  private let manners: Manners
  private let time: any Timekeeper
  private let limiter: RateLimiter
  private let gate: ConnectionGate
  private let backoff: Backoff
  private let robots = RobotsKeeper()
  private let unreachable = Mutex<[String: HTTPFailure]>([:])
  /// Called with a sentence about every wait.
  private let note: @Sendable (String) -> Void

  /// Makes a fetcher.
  ///
  /// - Parameters:
  ///   - transport: sends the requests.
  ///   - userAgent: the value of `User-Agent`.
  ///   - manners: the limits.
  ///   - time: the clock.
  ///   - note: called with a sentence about every wait.
  package init(
    transport: any HTTPTransport, userAgent: UserAgent, manners: Manners, time: any Timekeeper = SystemTime(),
    note: @escaping @Sendable (String) -> Void = { _ in }
  ) {
    self.transport = transport
    self.userAgent = userAgent
    self.manners = manners
    self.time = time
    self.note = note
    limiter = RateLimiter(rate: manners.rate, time: time)
    gate = ConnectionGate(count: manners.connections)
    backoff = Backoff(base: manners.backoff, seed: manners.seed)
  }

  /// Sends a request, and repeats it after temporary failures, until it succeeds.
  ///
  /// - Parameters:
  ///   - request: the request.
  ///   - sink: takes the body.
  /// - Returns: the head of the answer, after the whole body has arrived.
  /// - Throws: ``FetchFailure``, `CancellationError`, or what the sink throws.
  @discardableResult
  package func fetch(_ request: HTTPRequest, into sink: any BodySink) async throws -> HTTPHead {
    var request = request
    for _ in 0...Self.redirectLimit {
      try await checkRobots(of: request.url)
      let head = try await persistently(request, into: sink)
      guard (300..<400).contains(head.status) else { return head }
      request.url = try redirected(request, by: head)
    }
    throw FetchFailure.redirect(to: request.url.absoluteString, reason: "one redirect too many")
  }

  /// Fetches an answer into memory.
  package func bytes(_ request: HTTPRequest) async throws -> [UInt8] {
    let sink = MemorySink()
    try await fetch(request, into: sink)
    return sink.bytes
  }

  private func checkRobots(of url: URL) async throws {
    let rules = try await robots.rules(for: url) { [self] address in
      try await readRules(at: address)
    }
    guard rules.allow(url.pathAndQuery) else { throw FetchFailure.robots(host: url.host() ?? "") }
  }

  /// Reads a robots.txt. A site without one allows everything; one that cannot be read forbids everything.
  private func readRules(at address: URL) async throws -> RobotsRules {
    let sink = MemorySink()
    do {
      var request = HTTPRequest(address, byteLimit: 512_000)
      for _ in 0...Self.redirectLimit {
        let head = try await persistently(request, into: sink)
        guard (300..<400).contains(head.status) else { break }
        request.url = try redirected(request, by: head)
      }
    } catch FetchFailure.gone, FetchFailure.refused {
      return .allowingAll
    } catch FetchFailure.status(let status) where (400..<500).contains(status) && status != 429 {
      return .allowingAll
    } catch let failure as FetchFailure {
      switch failure {
      case .unreachable, .askedToWait: throw failure
      default: break
      }
      note("\(address.absoluteString) cannot be read, so nothing is fetched from there: \(failure)")
      return .disallowingAll
    }
    let rules = RobotsRules(parsing: String(decoding: sink.bytes, as: UTF8.self), product: UserAgent.product)
    if let delay = rules.crawlDelay { limiter.slowDown(to: .seconds(min(delay, 60))) }
    return rules
  }

  private func redirected(_ request: HTTPRequest, by head: HTTPHead) throws(FetchFailure) -> URL {
    let location = head.headers["location"] ?? ""
    guard let url = URL(string: location, relativeTo: request.url)?.absoluteURL, !location.isEmpty else {
      throw .redirect(to: "\"\(location)\"", reason: "which is not an address")
    }
    guard request.method == .get || head.status >= 307 else {
      throw .redirect(to: url.absoluteString, reason: "which a POST request does not follow")
    }
    guard url.hasSameOrigin(as: request.url) else {
      throw .redirect(to: url.absoluteString, reason: "which is another host")
    }
    return url
  }
}

// Repeating and waiting.
extension Fetcher {
  /// Sends a request until it succeeds or fails for good. A redirect is a success.
  private func persistently(_ request: HTTPRequest, into sink: any BodySink) async throws -> HTTPHead {
    let host = request.url.host() ?? ""
    var attempt = 1
    while true {
      if let failure = unreachable.withLock({ $0[host] }) { throw FetchFailure.unreachable(failure) }
      switch try await answer(to: request, into: sink) {
      case .success(let head): return head
      case .failure(.transport(let failure)) where failure.isUnreachable && attempt >= Self.reachingAttempts:
        unreachable.withLock { $0[host] = failure }
        throw FetchFailure.unreachable(failure)
      case .failure(let failure):
        guard attempt < manners.attempts else { throw failure }
        let delay = backoff.delay(afterAttempt: attempt)
        note("\(host): \(failure); trying again in \(delay.inSeconds) s")
        try await time.sleep(until: time.now + delay)
        attempt += 1
      }
    }
  }

  /// Sends a request once.
  ///
  /// - Returns: the answer, or a failure after which the request may be repeated.
  /// - Throws: any other failure.
  private func answer(
    to request: HTTPRequest, into sink: any BodySink
  ) async throws -> Result<HTTPHead, FetchFailure> {
    do {
      let head = try await exchange(request, into: sink)
      if (200..<400).contains(head.status) { return .success(head) }
      if head.status == 416 { try sink.reset() }
      let failure = try failure(of: head, host: request.url.host() ?? "")
      guard failure.isWorthRepeating else { throw failure }
      return .failure(failure)
    } catch let failure as HTTPFailure {
      guard failure.isTransient else { throw FetchFailure.transport(failure) }
      return .failure(.transport(failure))
    }
  }

  private func exchange(_ request: HTTPRequest, into sink: any BodySink) async throws -> HTTPHead {
    try await gate.run {
      try await limiter.wait()
      var request = request
      request.headers.merge(sink.requestHeaders) { $1 }
      request.headers["User-Agent"] = userAgent.description
      return try await transport.send(request, into: sink)
    }
  }

  /// The meaning of a status that is neither success nor a redirect. If the site asks to wait, all requests wait.
  private func failure(of head: HTTPHead, host: String) throws(FetchFailure) -> FetchFailure {
    switch head.status {
    case 404, 410: return .gone(status: head.status)
    case 401, 403, 451: return .refused(status: head.status)
    default: break
    }
    if let wait = head.headers["retry-after"].flatMap({ retryAfter($0, at: time.date) }) {
      guard wait <= manners.patience else {
        throw .askedToWait(host: host, seconds: Int(wait.components.seconds))
      }
      note("\(host) asks to wait for \(wait.inSeconds) s")
      limiter.pause(for: wait)
    } else if head.status == 429 {
      limiter.pause(for: manners.backoff)
    }
    return .status(head.status)
  }
}

extension FetchFailure {
  /// Whether the same request may be answered differently within minutes.
  fileprivate var isWorthRepeating: Bool {
    switch self {
    case .refused: false
    // The requested part does not exist; the whole may exist.
    case .status(416): true
    default: isTransient
    }
  }
}

extension Duration {
  /// Seconds with one digit after the point.
  fileprivate var inSeconds: String { (self / .seconds(1)).formatted(.number.precision(.fractionLength(1))) }
}
