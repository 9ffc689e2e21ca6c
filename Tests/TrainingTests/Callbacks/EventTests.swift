import Data
import NN
import Optim
import Tensor
import Testing
import Training

/// Which events a training announces, and in which order.
@Suite struct EventTests {
  /// Twenty examples in batches of eight for two epochs, as in `make_callbacks.py`.
  private func events(validates: Bool, _ callbacks: [any Callback] = []) throws -> [String] {
    let listener = EventListener()
    try Toy.model().fit(
      Toy.data(20), validation: validates ? Toy.data(12) : nil, epochs: 2, batchSize: 8,
      loss: .categoricalCrossEntropy, metrics: [], callbacks: callbacks + [listener], progress: .silent)
    return listener.events
  }

  @Test func theOrderIsThatOfKeras() throws {
    let expected = try CallbackFixture.load().events
    #expect(try events(validates: false) == expected["plain"])
    #expect(try events(validates: true) == expected["validated"])
    let stop = ClosureCallback(epochEnded: { _, _ in .stop })
    #expect(try events(validates: true, [stop]) == expected["stopped"])
  }

  @Test func evaluateAndPredictAnnounceTheEventsOfKeras() throws {
    let expected = try CallbackFixture.load().events
    let (model, data) = (try Toy.model(1, .linear), try Toy.binary(20))
    let evaluated = InferenceListener()
    let evaluation = try model.evaluate(
      data, batchSize: 8, loss: .meanSquaredError, metrics: [], callbacks: [evaluated])
    #expect(evaluated.events == expected["evaluated"])
    #expect(evaluated.evaluation?.figures == evaluation.figures)
    #expect(evaluated.exampleCounts == [20, 0, 8, 8, 16, 16, 20])
    for predict in [
      { try model.predict(data, batchSize: 8, callbacks: [$0]) },
      { try model.predict(data.inputs, batchSize: 8, callbacks: [$0]) },
    ] as [(InferenceListener) throws -> Tensor<Float>] {
      let predicted = InferenceListener()
      let outputs = try predict(predicted)
      #expect(predicted.events == expected["predicted"])
      #expect(Tensor(concatenating: predicted.outputs) == outputs)
      #expect(predicted.exampleCounts == [20, 0, 8, 8, 16, 16, 20])
    }
  }

  /// An error of a callback ends the call.
  @Test func aCallbackCanEndAnEvaluation() throws {
    struct Trouble: Error {}
    final class Failing: Callback {
      func evaluationBatchEnded(_ batch: InferenceBatch) throws { if batch.batch == 1 { throw Trouble() } }
      func predictionBatchBegan(_ batch: InferenceBatch) throws { if batch.batch == 1 { throw Trouble() } }
    }
    let (model, data, listener) = (try Toy.model(), try Toy.data(20), InferenceListener())
    #expect(throws: Trouble.self) {
      try model.evaluate(
        data, batchSize: 8, loss: .categoricalCrossEntropy, callbacks: [Failing(), listener])
    }
    #expect(listener.events.last == "evaluation batch 1 began")
    #expect(throws: Trouble.self) { try model.predict(data, batchSize: 8, callbacks: [Failing(), listener]) }
    #expect(listener.events.last == "prediction batch 0 ended with [8, 2]")
  }

  /// All callbacks get an event before the next one comes.
  @Test func callbacksAreCalledInTheirOrder() throws {
    var order: [String] = []
    func named(_ name: String) -> ClosureCallback {
      ClosureCallback(
        batchBegan: { order.append("\(name) \($0.batch) began") },
        batchEnded: {
          order.append("\(name) \($0.batch) ended")
          return .proceed
        })
    }
    try Toy.model().fit(
      Toy.data(16), batchSize: 8, loss: .categoricalCrossEntropy, callbacks: [named("a"), named("b")],
      progress: .silent)
    #expect(
      order == [
        "a 0 began", "b 0 began", "a 0 ended", "b 0 ended", "a 1 began", "b 1 began", "a 1 ended", "b 1 ended",
      ])
  }

  /// An error in the middle of the validation ends the training for everybody.
  @Test func theEndComesAfterAnErrorInTheValidation() throws {
    struct Trouble: Error {}
    let listener = EventListener()
    let failing = ClosureCallback(validationBegan: { _ in throw Trouble() })
    #expect(throws: Trouble.self) { try events(validates: true, [failing, listener]) }
    #expect(listener.events.suffix(2) == ["batch 2 ended", "training ended"])
  }

  @Test func reportsSayWhereTheTrainingStands() throws {
    var (starts, reports): ([BatchStart], [BatchReport]) = ([], [])
    var examples: [Int] = []
    final class Validation: Callback {
      var batches: [ValidationBatch] = []
      func validationBatchEnded(_ batch: ValidationBatch) { batches.append(batch) }
    }
    let validation = Validation()
    let rates = LearningRateSchedule.step(boundaries: [1, 3], rates: [0.5, 0.25, 0.125])
    try Toy.model().fit(
      Toy.data(20), validation: Toy.data(12), epochs: 2, batchSize: 8, optimizer: SGD(learningRate: rates),
      loss: .categoricalCrossEntropy,
      callbacks: [
        validation,
        ClosureCallback(
          batchBegan: { starts.append($0) },
          batchEnded: {
            reports.append($0)
            return .proceed
          }, validationEnded: { examples.append($1.outputs[0].predicted.shape[0]) }),
      ], progress: .silent)
    #expect(starts.map(\.step) == [0, 1, 2, 3, 4, 5])
    #expect(starts.map(\.batch) == [0, 1, 2, 0, 1, 2])
    #expect(reports.map(\.step) == [1, 2, 3, 4, 5, 6])
    #expect(reports.map(\.epoch) == [0, 0, 0, 1, 1, 1])
    #expect(reports.map(\.examples) == [8, 16, 20, 8, 16, 20])
    #expect(reports.map(\.learningRate) == [0.5, 0.5, 0.25, 0.25, 0.125, 0.125])
    // The running mean is that of the batches by their sizes.
    let mean = (8 * reports[0].loss + 8 * reports[1].loss + 4 * reports[2].loss) / 20
    #expect(abs(mean - reports[2].figures.loss) < 1e-12)
    #expect(examples == [12, 12])
    #expect(validation.batches.map(\.examples) == [8, 12, 8, 12])
    #expect(validation.batches.map(\.exampleCount) == [12, 12, 12, 12])
  }

  @Test func aCallbackMayChangeTheRateBeforeAStep() throws {
    var rates: [Double] = []
    let optimizer = SGD(learningRate: 0.5)
    try Toy.model().fit(
      Toy.data(16), batchSize: 8, optimizer: optimizer, loss: .categoricalCrossEntropy,
      callbacks: [
        ClosureCallback(
          batchBegan: { if $0.step == 1 { optimizer.learningRate = 0.25 } },
          batchEnded: {
            rates.append($0.learningRate)
            return .proceed
          })
      ], progress: .silent)
    #expect(rates == [0.5, 0.25])
  }
}

/// Writes down each event, as the listener of `make_callbacks.py` does.
final class EventListener: Callback {
  private(set) var events: [String] = []

  func trainingBegan(_ start: TrainingStart) { events.append("training began") }
  func epochBegan(_ epoch: Int) { events.append("epoch \(epoch) began") }
  func batchBegan(_ start: BatchStart) { events.append("batch \(start.batch) began") }
  func batchEnded(_ report: BatchReport) -> TrainingDecision {
    events.append("batch \(report.batch) ended")
    return .proceed
  }
  func validationBegan(_ epoch: Int) { events.append("validation began") }
  func validationBatchBegan(_ batch: ValidationBatch) { events.append("validation batch \(batch.batch) began") }
  func validationBatchEnded(_ batch: ValidationBatch) { events.append("validation batch \(batch.batch) ended") }
  func validationEnded(_ epoch: Int, _ evaluation: OutputEvaluations) { events.append("validation ended") }
  func epochEnded(_ report: EpochReport, history: History) -> TrainingDecision {
    events.append("epoch \(report.epoch) ended with \(report.columns.map(\.name).joined(separator: ", "))")
    return .proceed
  }
  func trainingEnded(_ end: TrainingEnd) { events.append("training ended") }
}

/// Writes down each event, as the listener of `evaluate` and `predict` in `make_callbacks.py` does.
final class InferenceListener: Callback {
  private(set) var events: [String] = []
  /// The number of all examples, then that before and after each batch.
  private(set) var exampleCounts: [Int] = []
  private(set) var evaluation: OutputEvaluations?
  private(set) var outputs: [Tensor<Float>] = []

  func evaluationBegan(_ start: InferenceStart) { begin("evaluation", start) }
  func evaluationBatchBegan(_ batch: InferenceBatch) { add("evaluation batch \(batch.batch) began", batch) }
  func evaluationBatchEnded(_ batch: InferenceBatch) { add("evaluation batch \(batch.batch) ended", batch) }
  func evaluationEnded(_ evaluation: OutputEvaluations) {
    self.evaluation = evaluation
    let names = (["loss"] + evaluation.figures.metrics.keys).sorted()
    events.append("evaluation ended with \(names.joined(separator: ", "))")
  }
  func predictionBegan(_ start: InferenceStart) { begin("prediction", start) }
  func predictionBatchBegan(_ batch: InferenceBatch) { add("prediction batch \(batch.batch) began", batch) }
  func predictionBatchEnded(_ batch: InferenceBatch, outputs: [Tensor<Float>]) {
    self.outputs += outputs
    add("prediction batch \(batch.batch) ended with \(outputs[0].shape)", batch)
  }
  func predictionEnded() { events.append("prediction ended") }

  private func begin(_ call: String, _ start: InferenceStart) {
    events.append("\(call) began")
    exampleCounts.append(start.exampleCount)
  }

  private func add(_ event: String, _ batch: InferenceBatch) {
    events.append(event)
    exampleCounts.append(batch.examples)
  }
}
