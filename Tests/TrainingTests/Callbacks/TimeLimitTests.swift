import Testing

@testable import Training

/// A training ends after a time; the clock of these tests counts its readings.
@Suite struct TimeLimitTests {
  private final class Clock {
    var seconds = 0.0
    func read() -> Double {
      seconds += 1
      return seconds
    }
  }

  /// The batches of a training of 3 epochs of 4 batches.
  private func batches(_ limit: TimeLimit, _ checkpoints: Checkpoints? = nil) throws -> (count: Int, ends: [String]) {
    let (counter, listener) = (EventListener(), Listener())
    try Toy.model().fit(
      Toy.data(), epochs: 3, batchSize: 16, loss: .categoricalCrossEntropy, callbacks: [limit, counter, listener],
      checkpoints: checkpoints, progress: .silent)
    return (counter.events.count { $0.hasPrefix("batch") && $0.hasSuffix("ended") }, listener.ends)
  }

  @Test func aCallIsPaused() throws {
    // The clock is read once at the beginning, after each batch and after each epoch.
    let clock = Clock()
    let limit = TimeLimit(6, of: .call, now: clock.read)
    let first = try batches(limit)
    #expect(first.count == 5)
    #expect(first.ends == ["paused"])
    #expect(try batches(limit).count == 5)
    #expect(try batches(TimeLimit(0, of: .call, now: clock.read)).count == 1)
    #expect(try batches(TimeLimit(1000, of: .call, now: clock.read)).count == 12)
    #expect(try batches(TimeLimit(1000, of: .call, now: clock.read)).ends == ["finished"])
  }

  @Test func theWholeTrainingIsStopped() throws {
    #expect(try batches(TimeLimit(6, of: .training, now: Clock().read)).ends == ["stopped"])
  }

  @Test func aNegativeLimitIsAnError() throws {
    #expect(throws: FitError.self) { try batches(TimeLimit(.seconds(-1))) }
    #expect(throws: FitError.self) { try batches(TimeLimit(.nan, of: .call, now: Clock().read)) }
  }
}
