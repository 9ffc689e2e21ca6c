import Data
import NN
import Optim
import Tensor
import Testing
import Training

/// The meaning of targets goes from the data to the loss, the metrics, the model and its predictions.
@Suite struct TargetMeaningTests {
  /// Rows of two numbers: the first decides about "big", the second about "red"; their sum is the number.
  private let rows: [[Float]] = (0..<24).map { [Float($0 % 5) - 2, Float($0 % 7) - 3] }

  private func several() throws -> TensorDataset {
    try TensorDataset(Examples(rows, rows.map { ($0[0] > 0 ? ["big"] : []) + ($0[1] > 0 ? ["red"] : []) }))
  }

  private func numbers() throws -> TensorDataset { try TensorDataset(Examples(rows, rows.map { $0[0] + $0[1] })) }

  private func network(_ outputs: Int, _ activation: Activation = .linear) throws -> Sequential {
    try Sequential(input: [2], seed: 5) { Dense(outputs, activation: activation) }
  }

  private func message(_ work: () throws -> Void) throws -> String {
    "\(try #require(#expect(throws: FitError.self) { try work() }))"
  }

  @Test func theModelKeepsIt() throws {
    let model = try network(2, .sigmoid)
    try model.fit(
      several(), epochs: 30, optimizer: Adam(learningRate: 0.2), loss: .binaryCrossEntropy, progress: .silent)
    #expect(model.targetMeaning == .severalClasses(names: ["big", "red"]) && model.classes == ["big", "red"])
    let evaluation = try model.evaluate(several(), loss: .binaryCrossEntropy)
    #expect(evaluation.targetMeaning == model.targetMeaning && evaluation.figures.metrics["binary_accuracy"] == 1)
    let regression = try network(1)
    try regression.fit(numbers(), loss: .meanSquaredError, progress: .silent)
    #expect(regression.targetMeaning == .numbers(names: ["value"], scaling: nil) && regression.classes.isEmpty)
    #expect(try regression.copy().targetMeaning == regression.targetMeaning)
  }

  @Test func lossesThatDoNotFitAreRefused() throws {
    let text = try message {
      try network(2, .softmax).fit(several(), loss: .categoricalCrossEntropy, progress: .silent)
    }
    #expect(
      text
        == "the targets are any of 2 classes, and the loss expects probabilities of classes: use .binaryCrossEntropy "
        + "behind a sigmoid")
    let number = try message { try network(1, .sigmoid).fit(numbers(), loss: .binaryCrossEntropy, progress: .silent) }
    #expect(number.hasPrefix("the targets are the number value, and the loss expects probabilities of yes"))
    #expect(throws: FitError.self) { try network(1, .sigmoid).evaluate(numbers(), loss: .binaryCrossEntropy) }
    let unknown = try TensorDataset(Examples(rows, rows.map { _ in NoTarget() }))
    #expect(
      try message { try network(1).fit(unknown, loss: .meanSquaredError, progress: .silent) }
        == "the training data: it has no targets, so it can only be used for predictions")
    #expect(try network(3).predict(unknown).shape == [24, 3])
    #expect(throws: FitError.classWeightsForTargets(.severalClasses(names: ["big", "red"]))) {
      try network(2, .sigmoid).fit(
        several(), loss: .binaryCrossEntropy, classWeights: [1, 2], progress: .silent)
    }
  }

  @Test func otherMeaningsAreRefused() throws {
    let one = try TensorDataset(Examples(rows, rows.map { $0[0] > 0 ? "big" : "red" }))
    let text = try message {
      try network(2, .sigmoid).fit(several(), validation: one, loss: .binaryCrossEntropy, progress: .silent)
    }
    #expect(
      text == "the targets of the validation data are one of 2 classes, those of the training data are any of 2 classes"
    )
    let model = try network(2, .sigmoid)
    try model.fit(several(), loss: .binaryCrossEntropy, progress: .silent)
    #expect(
      try message { _ = try model.evaluate(one, loss: .binaryCrossEntropy) }.hasSuffix(
        "model.targetMeaning = nil first"))
  }

  /// The loss is measured on standardized numbers, metrics and predictions are in the units of the numbers.
  @Test func standardizedNumbersComeBack() throws {
    let plain = try numbers()
    let targets = try Targets(numbers: rows.map { [1000 + 50 * ($0[0] + $0[1])] }, names: ["price"])
    let scaling = try #require(targets.scaling)
    let scaled = try TensorDataset(inputs: plain.inputs, targets: targets.standardized(by: scaling))
    let model = try network(1)
    try model.fit(
      scaled, epochs: 200, optimizer: Adam(learningRate: 0.05), loss: .meanSquaredError, progress: .silent)
    #expect(model.targetMeaning == .numbers(names: ["price"], scaling: scaling))
    let evaluation = try model.evaluate(scaled, loss: .meanSquaredError, metrics: [LossMetric.meanAbsoluteError])
    let error = try #require(evaluation.figures.metrics["mean_absolute_error"])
    let own = scaling.restored(try model.predict(plain.inputs))
    let expected = (own - scaling.restored(scaled.targets)).scalars.map(abs).reduce(0, +) / 24
    #expect(abs(error - Double(expected)) < 1e-3 * Double(expected) + 1e-3)
    // The same numbers in their own units are other targets.
    let raw = try TensorDataset(inputs: plain.inputs, targets: targets)
    let text = try message { try model.fit(scaled, validation: raw, loss: .meanSquaredError, progress: .silent) }
    #expect(text.contains("Standardize both by the scaling of the training data"))
  }
}
