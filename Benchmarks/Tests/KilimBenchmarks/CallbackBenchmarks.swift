import Foundation
import Kilim
import XCTest

/// What callbacks and displays take of the time of a training. Each is called through a watch that adds up its time.
final class CallbackBenchmarks: Benchmark {
  /// The callbacks that most trainings use, and the bar, in an epoch of the original network on as many photos as tiny11 has.
  func testShareOfCallbacksAndBar() throws {
    try measureShare("the bar", of: BarRenderer())
  }

  /// The same with the live view, which draws on a thread of its own.
  func testShareOfCallbacksAndLiveView() throws {
    try measureShare("the live view", of: LiveView())
  }

  private func measureShare(_ name: String, of renderer: any ProgressRenderer) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "kilim-callbacks-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let model = try originalNetwork()
    func data(_ count: Int) throws -> TensorDataset {
      try TensorDataset(
        inputs: random([count, 3, 64, 64]),
        targets: Tensor(oneHot: Tensor((0..<count).map { Float($0 % 11) }), classCount: 11),
        classes: (0..<11).map { "class \($0)" })
    }
    let watches: [(name: String, watch: Watch)] = [
      ("CSVLogger", Watch(CSVLogger("\(folder)/log.csv"))),
      ("JSONLinesLogger", Watch(JSONLinesLogger("\(folder)/log.jsonl"))),
      ("EarlyStopping", Watch(EarlyStopping(patience: 9, restoringBestOf: model))),
      ("ReduceLearningRateOnPlateau", Watch(ReduceLearningRateOnPlateau())), ("StopRequest", Watch(StopRequest())),
      ("ModelCheckpoint", Watch(ModelCheckpoint("\(folder)/best.keras", when: .best()))),
      (
        "TensorBoard",
        Watch(TensorBoard("\(folder)/run", content: TensorBoard.Content(stepInterval: 10, histogramInterval: 1)))
      ),
    ]
    let display = RendererWatch(renderer)
    let time = try ContinuousClock().measure {
      try model.fit(
        data(4416), validation: data(64), epochs: 2, loss: .categoricalCrossEntropy, callbacks: watches.map(\.watch),
        progress: .renderer(display))
    }
    func share(_ part: Duration) -> String { String(format: "%.3f %%", 100 * (part / time)) }
    for (name, watch) in watches { print("note \(name) takes \(share(watch.time)) of an epoch of 138 steps") }
    print("note \(name) takes \(share(display.time))")
    let all = watches.reduce(display.time) { $0 + $1.watch.time }
    print("note all callbacks and \(name) take \(share(all)) of an epoch of 138 steps")
    XCTAssertLessThan(all / time, 0.01)
  }
}

/// Adds up the time of a callback.
private final class Watch: Callback {
  private let inner: any Callback
  private(set) var time = Duration.zero

  init(_ inner: any Callback) { self.inner = inner }

  private func measured<Result>(_ body: () throws -> Result) rethrows -> Result {
    let start = ContinuousClock.now
    defer { time += ContinuousClock.now - start }
    return try body()
  }

  func trainingBegan(_ start: TrainingStart) throws { try measured { try inner.trainingBegan(start) } }
  func epochBegan(_ epoch: Int) throws { try measured { try inner.epochBegan(epoch) } }
  func batchBegan(_ start: BatchStart) throws { try measured { try inner.batchBegan(start) } }
  func batchEnded(_ report: BatchReport) throws -> TrainingDecision { try measured { try inner.batchEnded(report) } }
  func validationBegan(_ epoch: Int) throws { try measured { try inner.validationBegan(epoch) } }
  func validationEnded(_ epoch: Int, _ evaluation: OutputEvaluations) throws {
    try measured { try inner.validationEnded(epoch, evaluation) }
  }
  func epochEnded(_ report: EpochReport, history: History) throws -> TrainingDecision {
    try measured { try inner.epochEnded(report, history: history) }
  }
  func trainingEnded(_ end: TrainingEnd) throws { try measured { try inner.trainingEnded(end) } }
}

/// Adds up the time of a renderer on the thread that trains.
private final class RendererWatch: ProgressRenderer {
  private let inner: any ProgressRenderer
  private(set) var time = Duration.zero

  init(_ inner: any ProgressRenderer) { self.inner = inner }

  private func measured(_ body: () -> Void) { time += ContinuousClock().measure(body) }

  var callbacks: [any Callback] { inner.callbacks }
  func began(_ snapshot: TrainingSnapshot) { measured { inner.began(snapshot) } }
  func show(_ snapshot: TrainingSnapshot) { measured { inner.show(snapshot) } }
  func validated(_ evaluation: Evaluation) { measured { inner.validated(evaluation) } }
  func epochEnded(_ report: EpochReport, _ snapshot: TrainingSnapshot) {
    measured { inner.epochEnded(report, snapshot) }
  }
  func ended(_ end: TrainingEnd) { measured { inner.ended(end) } }
}
