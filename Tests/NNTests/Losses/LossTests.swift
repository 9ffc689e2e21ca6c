import Autograd
import Foundation
import NN
import Tensor
import Testing

/// Losses and their gradients by Keras, in single precision there too.
struct LossTests {
  struct Reference: Decodable {
    let each: [Double]
    let mean, weighted: Double
    /// Of the weighted mean, with respect to the predictions.
    let gradient: [Double]
  }

  private let logits = hashed([6, 5], seed: 1, limit: 3)
  private let shares = hashed([6, 5], seed: 2) + 1.5
  private let answers = hashed([6, 5], seed: 2, limit: 0.98) * 0.5 + 0.5
  private let classes = Tensor<Float>((0..<6).map { Float($0 * 7 % 5) })
  private let several = Tensor<Float>(shape: [6, 5], scalars: hashed([6, 5], seed: 5).scalars.map { $0 > 0 ? 1 : 0 })
  private let weights = hashed([6], seed: 3) * 0.5 + 1

  @Test(arguments: try (references("losses.json") as [String: Reference]).keys.sorted())
  func againstKeras(name: String) throws {
    let reference = try #require(try (references("losses.json") as [String: Reference])[name])
    let oneHot = Tensor(oneHot: classes, classCount: 5)
    let cases: [String: (loss: any Loss, predicted: Tensor<Float>, expected: Tensor<Float>)] = [
      "categorical": (.categoricalCrossEntropy, shares, oneHot),
      "categorical smoothed": (.categoricalCrossEntropy(labelSmoothing: 0.1), shares, oneHot),
      "categorical logits": (.categoricalCrossEntropy(fromLogits: true), logits, oneHot),
      "categorical logits smoothed": (
        .categoricalCrossEntropy(fromLogits: true, labelSmoothing: 0.2), logits, oneHot
      ),
      "sparse": (.sparseCategoricalCrossEntropy, shares / shares.sum([1], keepingAxes: true), classes),
      "sparse logits": (.sparseCategoricalCrossEntropy(fromLogits: true), logits, classes.reshaped(to: [6, 1])),
      "binary": (.binaryCrossEntropy, answers, several),
      "binary smoothed": (.binaryCrossEntropy(labelSmoothing: 0.1), answers, several),
      "binary logits": (.binaryCrossEntropy(fromLogits: true), logits, several),
      "binary logits smoothed": (.binaryCrossEntropy(fromLogits: true, labelSmoothing: 0.2), logits, several),
      "binary logits zero": (.binaryCrossEntropy(fromLogits: true), Tensor(zeros: [6, 5]), several),
      "squared error": (.meanSquaredError, answers, several),
    ]
    let (loss, predicted, expected) = try #require(cases[name])
    // Some ten roundings on each side; that of 1 - p grows by 1 / (1 - p) ≤ 100, smoothly weighted by 1 - t.
    let tolerance = 20 * 0x1p-24 * (name.hasPrefix("binary") ? 10 : 1)
    try loss.check(predicted: predicted.shape, expected: expected)
    let each = loss.perExample(predicted: Variable(predicted), expected: expected).value
    #expect(each.shape == [6])
    expectClose(each, reference.each, tolerance: tolerance, "each")
    expectClose(loss(Variable(predicted), expected).value, [reference.mean], tolerance: tolerance, "mean")
    let tracked = Variable(tracking: predicted)
    let weighted = loss(tracked, expected, weights: weights)
    #expect(weighted.shape == [])
    expectClose(weighted.value, [reference.weighted], tolerance: tolerance, "weighted")
    expectClose(
      try #require(weighted.gradients()[tracked]), reference.gradient, tolerance: tolerance, "gradient")
  }

  @Test func exactHitsAndMisses() throws {
    let reference: [String: [Double]] = try references("extremes.json")
    let exact = Tensor<Float>(identity: 3)
    let missed = Tensor(concatenating: [exact[.all, 2..<3], exact[.all, 0..<2]], axis: 1)
    func expect(_ name: String, _ loss: any Loss, _ predicted: Tensor<Float>) throws {
      let found = loss.perExample(predicted: Variable(predicted), expected: exact).value.scalars
      for (found, expected) in zip(found, try #require(reference[name])) {
        #expect(abs(Double(found) / expected - 1) < 1e-6, "\(name)")
      }
    }
    try expect("categorical exact", .categoricalCrossEntropy, exact)
    try expect("categorical missed", .categoricalCrossEntropy, missed)
    try expect("binary exact", .binaryCrossEntropy, exact)
    try expect("binary missed", .binaryCrossEntropy, 1 - exact)
  }

  @Test func largeLogitsDoNotOverflow() {
    let logits = Tensor<Float>(shape: [2, 2], scalars: [1e4, -1e4, -1e4, 1e4])
    let targets = Tensor<Float>(shape: [2, 2], scalars: [1, 0, 1, 0])
    for loss: any Loss in [.categoricalCrossEntropy(fromLogits: true), .binaryCrossEntropy(fromLogits: true)] {
      let each = loss.perExample(predicted: Variable(logits), expected: targets).value.scalars
      #expect(each[0] == 0)
      #expect(each[1] == (loss is BinaryCrossEntropy ? 1e4 : 2e4))
    }
  }

  @Test func shapesThatCannotBeComparedThrow() throws {
    func message(_ loss: any Loss, _ predicted: Shape, _ expected: Shape) throws -> String {
      "\(try #require(throws: TargetError.self) { try loss.check(predicted: predicted, expected: Tensor(zeros: expected)) })"
    }
    #expect(
      try message(.categoricalCrossEntropy, [6, 5], [6])
        == "the model's output has shape [6, 5], the targets have shape [6]: "
        + "predictions and targets must have the same shape; class indices need .sparseCategoricalCrossEntropy, "
        + "or Tensor(oneHot:classCount:)")
    #expect(
      try message(.meanSquaredError, [6, 1], [6])
        .hasSuffix("predictions and targets must have the same shape: reshape the targets to [6, 1]"))
    #expect(try message(.meanSquaredError, [6, 2], [6]).hasSuffix("predictions and targets must have the same shape"))
    #expect(
      try message(.sparseCategoricalCrossEntropy, [6, 5], [6, 5])
        == "the model's output has shape [6, 5], the targets have shape [6, 5]: "
        + "predictions [N, C] and class indices [N] are needed; one-hot targets need .categoricalCrossEntropy")
    #expect(throws: TargetError.self) { try MeanSquaredError().check(predicted: [6, 1], expected: Tensor(zeros: [6])) }
    #expect(throws: TargetError.self) {
      try BinaryCrossEntropy().check(predicted: [6, 1], expected: Tensor(zeros: [6]))
    }
  }

  @Test func misuseStops() async {
    await #expect(processExitsWith: .failure) {
      _ = MeanSquaredError()(Variable(Tensor(zeros: [6, 1])), Tensor(zeros: [6]))
    }
    await #expect(processExitsWith: .failure) {
      _ = MeanSquaredError()(
        Variable(Tensor(zeros: [6, 1])), Tensor(zeros: [6, 1]), weights: Tensor(ones: [6, 1]))
    }
    await #expect(processExitsWith: .failure) {
      _ = SparseCategoricalCrossEntropy()(Variable(Tensor(ones: [1, 3])), Tensor([3]))
    }
  }

  @Test func aLossOfOnesOwn() throws {
    struct MeanAbsoluteError: Loss {
      func perExample(predicted: Variable<Float>, expected: Tensor<Float>) -> Variable<Float> {
        (predicted - Variable(expected)).absolute().mean([1])
      }
    }
    let predicted = Variable(tracking: Tensor<Float>(shape: [2, 2], scalars: [1, 2, 3, 4]))
    let expected = Tensor<Float>(shape: [2, 2], scalars: [2, 2, 1, 0])
    let loss = MeanAbsoluteError()(predicted, expected, weights: Tensor([1, 3]))
    // (1/2 · 1 + 6/2 · 3) / 2
    #expect(loss.value.scalar == 4.75)
    #expect(loss.gradients()[predicted] == Tensor(shape: [2, 2], scalars: [-0.25, 0, 0.75, 0.75]))
  }
}
