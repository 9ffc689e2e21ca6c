import Data
import Foundation
import NN
import Optim
import Tensor
import TestSupport
import Testing
import Training

/// Which events callbacks receive, and when.
@Suite struct CallbackTests {
  private func fit(_ callbacks: [any Callback], epochs: Int = 2, loss: any Loss = .categoricalCrossEntropy) throws {
    try Toy.model().fit(Toy.data(), epochs: epochs, loss: loss, callbacks: callbacks, progress: .silent)
  }

  @Test func theEndComesOnEveryWayOut() throws {
    struct Trouble: Error {}
    let listener = Listener()
    try fit([listener])
    try fit([ClosureCallback(epochEnded: { _, _ in .stop }), listener])
    let request = StopRequest()
    request.stop()
    try fit([request, listener])
    #expect(throws: Trouble.self) { try fit([ClosureCallback(epochEnded: { _, _ in throw Trouble() }), listener]) }
    #expect(throws: FitError.self) { try fit([EarlyStopping(monitor: "nothing"), listener]) }
    #expect(listener.ends == ["finished", "stopped", "paused", "failed", "failed"])
  }

  @Test func theBeginningSaysWhatComes() throws {
    final class Beginning: Callback {
      var start: TrainingStart?
      func trainingBegan(_ start: TrainingStart) { self.start = start }
    }
    let beginning = Beginning()
    let model = try Toy.model()
    let optimizer = Adam()
    try model.fit(
      Toy.data(40), validation: Toy.data(8), epochs: 5, firstEpoch: 3, batchSize: 16, optimizer: optimizer,
      loss: .categoricalCrossEntropy, callbacks: [beginning], progress: .silent)
    let start = try #require(beginning.start)
    #expect(start.model === model)
    #expect(start.optimizer === optimizer)
    #expect((start.firstEpoch, start.epochs, start.exampleCount, start.batchCount) == (3, 5, 40, 3))
    #expect(start.figureNames == ["accuracy", "loss", "val_accuracy", "val_loss"])
  }

  @Test func aStopRequestServesOneTraining() throws {
    let request = StopRequest()
    let counter = Listener()
    request.stop()
    try fit([request, counter])
    try fit([request, counter])
    #expect(counter.ends == ["paused", "finished"])
  }

  /// Also where no progress is shown, each warning once, and after what stands before it on the standard output.
  @Test func warningsGoToTheStandardError() async {
    let result = await #expect(processExitsWith: .success, observing: [\.standardErrorContent]) {
      try Toy.model().fit(
        Toy.data(), epochs: 3, loss: .categoricalCrossEntropy, callbacks: [EarlyStopping(monitor: "val_loss")],
        progress: .silent)
    }
    let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(
      text.split(separator: "\n").count { $0.hasPrefix("Warning: EarlyStopping never sees val_loss: ") } == 1, "\(text)"
    )
  }

  @Test func namesInTheTableAreQuoted() throws {
    struct Odd: Metric {
      var name: String { "f1, \"macro\"" }
      var value: Double { 0.5 }
      mutating func update(predicted: Tensor<Float>, expected: Tensor<Float>) {}
      mutating func reset() {}
    }
    let history = try Toy.model().fit(
      Toy.data(), loss: .categoricalCrossEntropy, metrics: [Odd()], progress: .silent)
    #expect(history.csv.hasPrefix("epoch,\"f1, \"\"macro\"\"\",loss\n0,0.5,"))
  }
}
