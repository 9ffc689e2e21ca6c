import Downloads
import Testing

@Suite struct BackoffTests {
  @Test func doublesUpToTheLimit() {
    let backoff = Backoff(base: .seconds(2), limit: .seconds(20), seed: 1)
    for (attempt, longest) in [(1, 2.0), (2, 4), (3, 8), (4, 16), (5, 20), (6, 20), (500, 20)] {
      for _ in 0..<50 {
        let delay = backoff.delay(afterAttempt: attempt) / .seconds(1)
        #expect(delay >= longest / 2 && delay < longest, "attempt \(attempt)")
      }
    }
  }

  @Test func seedDecides() {
    let delays = [7, 7, 8].map { (seed: UInt64) in
      let backoff = Backoff(base: .seconds(1), seed: seed)
      return (1...5).map { backoff.delay(afterAttempt: $0) }
    }
    #expect(delays[0] == delays[1] && delays[0] != delays[2])
  }
}
