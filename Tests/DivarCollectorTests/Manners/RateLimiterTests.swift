import DivarCollector
import Testing

@Suite struct RateLimiterTests {
  private let time = TestTime()

  @Test func spacesEvenly() async throws {
    let limiter = RateLimiter(rate: 4, time: time)
    var starts: [Double] = []
    for _ in 0..<5 {
      try await limiter.wait()
      starts.append(time.elapsed)
    }
    #expect(starts == [0, 0.25, 0.5, 0.75, 1])
  }

  @Test func aLateStartMovesNothing() async throws {
    let limiter = RateLimiter(rate: 10, time: time)
    try await limiter.wait()
    let second = Task { try await limiter.wait() }
    try await second.value
    time.advance(by: .milliseconds(50))
    try await limiter.wait()
    #expect(abs(time.elapsed - 0.2) < 1e-9)
  }

  @Test func quietTimeIsNotSavedUp() async throws {
    let limiter = RateLimiter(rate: 1, time: time)
    try await limiter.wait()
    time.advance(by: .seconds(100))
    try await limiter.wait()
    try await limiter.wait()
    #expect(time.elapsed == 101)
  }

  @Test func pauseHoldsEverybody() async throws {
    let limiter = RateLimiter(rate: 1, time: time)
    try await limiter.wait()
    limiter.pause(for: .seconds(30))
    limiter.pause(for: .seconds(10))
    try await limiter.wait()
    #expect(time.elapsed == 30)
    try await limiter.wait()
    #expect(time.elapsed == 31)
  }

  @Test func slowsDownAndNeverUp() async throws {
    let limiter = RateLimiter(rate: 1, time: time)
    limiter.slowDown(to: .seconds(5))
    limiter.slowDown(to: .seconds(2))
    for _ in 0..<3 { try await limiter.wait() }
    #expect(time.elapsed == 10)
  }
}
