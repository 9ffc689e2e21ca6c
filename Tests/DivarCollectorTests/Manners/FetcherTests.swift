import DivarCollector
import Downloads
import Foundation
import Synchronization
import Testing

/// Answers from a script, and writes down when it was asked what.
private final class ScriptedTransport: HTTPTransport {
  typealias Script = @Sendable (_ path: String, _ number: Int) throws -> (HTTPHead, String)

  private let time: TestTime
  private let script: Script
  private let asked = Mutex<[(address: String, time: Double)]>([])

  init(_ time: TestTime, _ script: @escaping Script) {
    self.time = time
    self.script = script
  }

  var log: [(address: String, time: Double)] { asked.withLock { $0 } }

  /// How often a path was asked for.
  func count(_ path: String) -> Int { log.count { $0.address.hasSuffix(path) } }

  func send(_ request: HTTPRequest, into sink: any BodySink) async throws -> HTTPHead {
    let address = request.url.absoluteString
    let number = asked.withLock { asked in
      asked.append((address, time.elapsed))
      return asked.count { $0.address == address }
    }
    let (head, body) = try script(request.url.path(), number)
    if head.isSuccess {
      try sink.start(head)
      try Array(body.utf8).withUnsafeBytes { try sink.write($0) }
    }
    return head
  }
}

/// A clock that stands still, and writes down until when it was asked to sleep.
private final class StandingTime: Timekeeper {
  private let start = ContinuousClock.now
  private let asked = Mutex<[Double]>([])

  var now: ContinuousClock.Instant { start }
  var date: Date { Date(timeIntervalSince1970: 1_790_000_000) }
  var places: [Double] { asked.withLock { $0 } }

  func sleep(until instant: ContinuousClock.Instant) async throws {
    asked.withLock { $0.append((instant - start) / .seconds(1)) }
  }
}

/// Answers everything, and counts the exchanges that run at once.
private final class ConnectionCounter: HTTPTransport {
  private let counts = Mutex((running: 0, most: 0, total: 0))

  var most: Int { counts.withLock { $0.most } }
  var total: Int { counts.withLock { $0.total } }

  func send(_ request: HTTPRequest, into sink: any BodySink) async throws -> HTTPHead {
    counts.withLock { counts in
      counts.running += 1
      counts.total += 1
      counts.most = max(counts.most, counts.running)
    }
    for _ in 0..<5 { await Task.yield() }
    counts.withLock { $0.running -= 1 }
    let head = HTTPHead(status: request.url.path() == "/robots.txt" ? 404 : 200)
    if head.isSuccess { try sink.start(head) }
    return head
  }
}

@Suite struct FetcherTests {
  private let time = TestTime()

  private func fetch(
    _ path: String = "/x", attempts: Int = 5, rate: Double = 1000, method: HTTPRequest.Method = .get,
    _ script: @escaping ScriptedTransport.Script
  ) async throws -> (text: String, transport: ScriptedTransport, error: FetchFailure?) {
    let transport = ScriptedTransport(time) { path, number in
      path == "/robots.txt" ? (HTTPHead(status: 404), "") : try script(path, number)
    }
    return try await fetch(path, attempts: attempts, rate: rate, method: method, transport)
  }

  private func fetch(
    _ path: String, attempts: Int = 5, rate: Double = 1000, method: HTTPRequest.Method = .get,
    _ transport: ScriptedTransport
  ) async throws -> (text: String, transport: ScriptedTransport, error: FetchFailure?) {
    var manners = Fetcher.Manners()
    manners.rate = rate
    manners.attempts = attempts
    let fetcher = Fetcher(
      transport: transport, userAgent: try UserAgent(contact: "a@example.org"), manners: manners, time: time)
    let url = try #require(URL(string: "https://site.test\(path)"))
    do {
      let bytes = try await fetcher.bytes(HTTPRequest(url, method: method, byteLimit: 1000))
      return (String(decoding: bytes, as: UTF8.self), transport, nil)
    } catch let failure as FetchFailure {
      return ("", transport, failure)
    }
  }

  @Test func repeatsWhatMayPass() async throws {
    let result = try await fetch { _, number in
      switch number {
      case 1: throw HTTPFailure.timedOut
      case 2: throw HTTPFailure.interrupted(reason: "reset")
      case 3: (HTTPHead(status: 502), "")
      default: (HTTPHead(status: 200), "here")
      }
    }
    #expect(result.text == "here" && result.transport.count("/x") == 4)
    // 2, 4 and 8 seconds at the most, half of it at least.
    #expect(time.elapsed >= 7 && time.elapsed < 14.1)
  }

  @Test(arguments: [
    (404, FetchFailure.gone(status: 404)), (410, .gone(status: 410)), (403, .refused(status: 403)),
    (400, .status(400)), (418, .status(418)),
  ])
  func doesNotRepeat(_ status: Int, _ failure: FetchFailure) async throws {
    let result = try await fetch { _, _ in (HTTPHead(status: status), "") }
    #expect(result.error == failure && result.transport.count("/x") == 1)
  }

  @Test func givesUpAfterAllAttempts() async throws {
    let result = try await fetch(attempts: 3) { _, _ in (HTTPHead(status: 500), "") }
    #expect(result.error == .status(500) && result.transport.count("/x") == 3)
  }

  @Test func unreachableHostIsGivenUpForGood() async throws {
    let failure = HTTPFailure.unresolved(host: "site.test")
    let transport = ScriptedTransport(time) { _, _ in throw failure }
    let result = try await fetch("/x", transport)
    #expect(result.error == .unreachable(failure))
    #expect(transport.log.count == 3 && transport.count("/robots.txt") == 3)
  }

  @Test func waitsAsLongAsItIsTold() async throws {
    let result = try await fetch { _, number in
      number == 1 ? (HTTPHead(status: 429, headers: ["retry-after": "40"]), "") : (HTTPHead(status: 200), "here")
    }
    #expect(result.text == "here")
    let times = result.transport.log.filter { $0.address.hasSuffix("/x") }.map(\.time)
    #expect(times[1] - times[0] >= 40)
  }

  @Test(arguments: [7200, Int.max]) func doesNotWaitForHours(_ seconds: Int) async throws {
    let result = try await fetch { _, _ in (HTTPHead(status: 429, headers: ["retry-after": "\(seconds)"]), "") }
    #expect(result.error == .askedToWait(host: "site.test", seconds: seconds) && time.elapsed < 1)
  }

  // The clock stands still, so the place of a request is the time that it sleeps until.
  @Test func placesKeepTheRateUnderEightConnections() async throws {
    let clock = StandingTime()
    let counter = ConnectionCounter()
    var manners = Fetcher.Manners()
    (manners.rate, manners.connections) = (50, 8)
    let fetcher = Fetcher(
      transport: counter, userAgent: try UserAgent(contact: "a@example.org"), manners: manners, time: clock)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for number in 0..<200 {
        let url = try #require(URL(string: "https://site.test/\(number)"))
        group.addTask { _ = try await fetcher.bytes(HTTPRequest(url, byteLimit: 1000)) }
      }
      try await group.waitForAll()
    }
    // One more for robots.txt.
    let places = clock.places.sorted()
    try #require(places.count == 201)
    for (index, place) in places.enumerated() { #expect(abs(place - Double(index) / 50) < 1e-6) }
    #expect(counter.most <= 8 && counter.total == 201)
  }

  @Test func followsOnOneHost() async throws {
    let result = try await fetch("/a") { path, _ in
      switch path {
      case "/a": (HTTPHead(status: 301, headers: ["location": "/b?c"]), "")
      case "/b": (HTTPHead(status: 302, headers: ["location": "https://site.test/d"]), "")
      default: (HTTPHead(status: 200), "there")
      }
    }
    #expect(result.text == "there")
    #expect(result.transport.log.map(\.address).last == "https://site.test/d")
  }

  @Test(arguments: [
    "https://other.test/", "http://site.test/", "https://site.test:8443/", "//169.254.169.254/", "ftp://site.test/", "",
    "/x",
  ])
  func redirectIsRefused(_ location: String) async throws {
    let result = try await fetch { _, _ in (HTTPHead(status: 302, headers: ["location": location]), "") }
    guard case .redirect = result.error else {
      Issue.record("\(String(describing: result.error))")
      return
    }
    #expect(Set(result.transport.log.map(\.address)) == ["https://site.test/robots.txt", "https://site.test/x"])
  }

  @Test func questionIsNotTurnedIntoAnother() async throws {
    let result = try await fetch(method: .post) { _, _ in (HTTPHead(status: 302, headers: ["location": "/y"]), "") }
    guard case .redirect = result.error else {
      Issue.record("\(String(describing: result.error))")
      return
    }
  }

  @Test(arguments: [200, 404, 403, 500, 429, 302])
  func robotsStatus(_ status: Int) async throws {
    let transport = ScriptedTransport(time) { path, _ in
      path == "/robots.txt"
        ? (
          HTTPHead(status: status, headers: ["location": "https://other.test/robots.txt"]),
          "User-agent: *\nDisallow: /x"
        )
        : (HTTPHead(status: 200), "here")
    }
    let result = try await fetch("/x", transport)
    let isAllowed = status == 404 || status == 403
    #expect(result.error == (isAllowed ? nil : .robots(host: "site.test")), "\(status)")
    #expect(transport.count("/x") == (isAllowed ? 1 : 0))
  }

  @Test func robotsIsReadOnceAndItsDelayKept() async throws {
    let transport = ScriptedTransport(time) { path, _ in
      (HTTPHead(status: 200), path == "/robots.txt" ? "User-agent: *\nCrawl-delay: 3" : "here")
    }
    let fetcher = Fetcher(
      transport: transport, userAgent: try UserAgent(contact: "a@example.org"), manners: .init(), time: time)
    for number in 0..<4 {
      let url = try #require(URL(string: "https://site.test/\(number)"))
      _ = try await fetcher.bytes(HTTPRequest(url, byteLimit: 1000))
    }
    #expect(transport.count("/robots.txt") == 1)
    let times = transport.log.map(\.time)
    for (early, late) in zip(times.dropFirst(), times.dropFirst(2)) { #expect(late - early >= 3) }
  }
}
