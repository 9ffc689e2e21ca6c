import Data
import NN
import Optim
import Testing

@testable import Training

/// The events that `fit` passes to a custom renderer.
@Suite struct RendererTests {
  private final class Recorder: ProgressRenderer {
    var (snapshots, ends): ([TrainingSnapshot], [TrainingSnapshot]) = ([], [])
    var (evaluations, warnings, finished) = (0, [String](), 0)
    var beginning: TrainingSnapshot?
    var resumed: ResumeReport?
    let stop = StopRequest()
    var callbacks: [any Callback] { [stop] }

    func began(_ snapshot: TrainingSnapshot) { beginning = snapshot }
    func resumed(_ report: ResumeReport) { resumed = report }
    func show(_ snapshot: TrainingSnapshot) { snapshots.append(snapshot) }
    func validated(_ evaluation: Evaluation) { evaluations += 1 }
    func epochEnded(_ report: EpochReport, _ snapshot: TrainingSnapshot) { ends.append(snapshot) }
    func warned(_ warning: String) { warnings.append(warning) }
    func ended(_ end: TrainingEnd) { finished += 1 }
  }

  @Test func snapshotsFollowTheTraining() throws {
    let recorder = Recorder()
    let history = try Toy.model().fit(
      Toy.data(20), validation: Toy.data(12), epochs: 2, batchSize: 8, optimizer: SGD(learningRate: 0.5),
      loss: .categoricalCrossEntropy, progress: .renderer(recorder))
    #expect(recorder.beginning.map { [$0.epochs, $0.exampleCount, $0.step] } == [2, 20, 0])
    // The beginning of an epoch, three batches, the beginning of the validation and its two batches, twice.
    #expect(recorder.snapshots.map(\.examples) == [0, 8, 16, 20, 20, 20, 20, 0, 8, 16, 20, 20, 20, 20])
    #expect(
      recorder.snapshots.map { $0.validation?.done ?? -1 } == [-1, -1, -1, -1, 0, 8, 12, -1, -1, -1, -1, 0, 8, 12])
    #expect(recorder.snapshots.map(\.step) == [0, 1, 2, 3, 3, 3, 3, 3, 4, 5, 6, 6, 6, 6])
    #expect(recorder.snapshots[3].batchLosses.count == 3)
    #expect(recorder.snapshots[3].learningRate == 0.5)
    #expect(recorder.snapshots[0].learningRate == nil)
    #expect(recorder.ends.map(\.history.epochs.count) == [1, 2])
    #expect(recorder.ends.last?.history.epochs == history.epochs)
    #expect((recorder.evaluations, recorder.finished) == (2, 1))
  }

  @Test func onlyPicturesAreImages() throws {
    let (rows, pictures, run) = (Recorder(), Recorder(), SmallRun())
    try Toy.model().fit(Toy.data(8), loss: .categoricalCrossEntropy, progress: .renderer(rows))
    try run.model().fit(run.data(5, count: 8), loss: run.loss, progress: .renderer(pictures))
    #expect(rows.ends.map(\.exampleWord) == ["examples"] && pictures.ends.map(\.exampleWord) == ["images"])
  }

  @Test func itTakesPartByCallbacks() throws {
    let recorder = Recorder()
    recorder.stop.stopAfterEpoch()
    let history = try Toy.model().fit(
      Toy.data(20), epochs: 5, loss: .categoricalCrossEntropy, callbacks: [EarlyStopping()],
      progress: .renderer(recorder))
    #expect(history.epochs.count == 1 && history.wasStopped)
    #expect(recorder.warnings.count == 1)
    #expect(recorder.stop.requested == .never)
  }

  /// By a clock of one second for each reading.
  @Test func timesAreThoseOfTheClock() throws {
    final class Clock {
      var seconds = 0.0
      func read() -> Double {
        seconds += 1
        return seconds
      }
    }
    let recorder = Recorder()
    try Toy.model().fit(
      Toy.data(16), epochs: 3, batchSize: 8, loss: .categoricalCrossEntropy,
      callbacks: [ProgressReporter(recorder, now: Clock().read)], progress: .silent)
    // The beginning, then for each epoch two readings, one for each batch and one at its end.
    let first = try #require(recorder.snapshots.dropFirst().first)
    #expect(first.epochSeconds == 2)
    #expect(first.examplesPerSecond == 4)
    #expect(first.epochSecondsLeft == 2)
    #expect(first.secondsLeft == 10.0)
    #expect(recorder.ends[0].epochSeconds == 4)
    #expect(recorder.ends[0].meanEpochSeconds == 4)
    let second = recorder.snapshots[4]
    #expect(second.epoch == 1 && second.examples == 8)
    #expect(second.secondsLeft == 6.0)
    #expect(TrainingSnapshot().secondsLeft == nil)
  }

  @Test func batchLossesStayFew() {
    let recorder = Recorder()
    let reporter = ProgressReporter(recorder, now: { 0 })
    for batch in 0..<5000 {
      let report = BatchReport(
        epoch: 0, batch: batch, step: batch + 1, learningRate: 1, loss: Double(batch), examples: batch + 1,
        figures: Figures(loss: 0, metrics: []))
      _ = reporter.batchEnded(report)
    }
    let losses = recorder.snapshots.last?.batchLosses ?? []
    #expect((256...512).contains(losses.count))
    #expect(zip(losses, losses.dropFirst()).allSatisfy { $1 - $0 == losses[1] - losses[0] })
    #expect(losses.first == 0)
  }
}
