import Glibc
import Synchronization
import Testing
import Training

/// A signal in this process stops a training. The signals are ones that nothing else here uses.
@Suite(.serialized) struct StopAtSignalTests {
  /// Lets signals arrive until a condition holds.
  private func wait(until isDone: () -> Bool) throws {
    for _ in 0..<100_000 where !isDone() { usleep(1000) }
    try #require(isDone(), "the signal has not arrived")
  }

  @Test func theTrainingEndsAfterTheStepAndSaysWhichSignalCame() throws {
    let stop = StopRequest()
    let model = try Toy.model()
    let (history, exitCode) = try stop.stoppingAtSignals([SIGUSR2], saying: "stopping, as the test wants") {
      kill(getpid(), SIGUSR2)
      try wait { stop.requested == .afterBatch }
      return try model.fit(
        Toy.data(), epochs: 3, batchSize: 16, loss: .categoricalCrossEntropy, callbacks: [stop], progress: .silent)
    }
    #expect(history.wasStopped && history.epochs.isEmpty)
    #expect(exitCode == 128 + SIGUSR2)
    #expect(stop.requested == .never)
  }

  @Test func withoutASignalNothingIsStopped() throws {
    let stop = StopRequest()
    let model = try Toy.model()
    let (history, exitCode) = try stop.stoppingAtSignals([SIGUSR2]) {
      try model.fit(
        Toy.data(), epochs: 2, batchSize: 16, loss: .categoricalCrossEntropy, callbacks: [stop], progress: .silent)
    }
    #expect(!history.wasStopped && history.epochs.count == 2 && exitCode == nil)
  }

  @Test func aWatchCountsSignals() throws {
    let counts = Counts()
    let watch = SignalWatch([SIGUSR2]) { number, count in counts.add(number, count) }
    defer { watch.cancel() }
    for expected in 1...2 {
      kill(getpid(), SIGUSR2)
      try wait { counts.all.count == expected }
    }
    #expect(counts.all.map(\.number) == [SIGUSR2, SIGUSR2] && counts.all.map(\.count) == [1, 2])
    #expect(watch.exitCode == 128 + SIGUSR2)
  }
}

/// What a watch has reported.
private final class Counts: Sendable {
  private let reported = Mutex<[(number: Int32, count: Int)]>([])

  var all: [(number: Int32, count: Int)] { reported.withLock { $0 } }

  func add(_ number: Int32, _ count: Int) { reported.withLock { $0.append((number, count)) } }
}
