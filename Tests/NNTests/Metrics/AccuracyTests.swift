import NN
import Tensor
import Testing

struct AccuracyTests {
  /// Scores in eight levels, so that rows have ties.
  private let scores = Tensor<Float>(
    shape: [40, 6], scalars: hashed([40, 6], seed: 7).scalars.map { ($0 * 4).rounded(.toNearestOrEven) / 4 })
  private let labels = Tensor<Float>((0..<40).map { Float($0 * 7 % 6) })
  private let chances = Tensor<Float>(
    shape: [40, 1],
    scalars: hashed([40, 1], seed: 8).scalars.map { 0.5 + 0.5 * (($0 * 4).rounded(.toNearestOrEven) / 4) })
  private let truths = Tensor<Float>(shape: [40, 1], scalars: hashed([40, 1], seed: 9).scalars.map { $0 > 0 ? 1 : 0 })

  /// The value after batches of 16, 16 and 8 examples.
  private func value(
    _ metric: any Metric, _ predicted: Tensor<Float>, _ expected: Tensor<Float>
  ) -> Double {
    var metric = metric
    for batch in [0..<16, 16..<32, 32..<40] { metric.update(predicted: predicted[batch], expected: expected[batch]) }
    return metric.value
  }

  @Test func againstKeras() throws {
    let reference: [String: Double] = try references("metrics.json")
    let oneHot = Tensor(oneHot: labels, classCount: 6)
    let found = [
      "categorical": value(Accuracy(), scores, oneHot),
      "sparse": value(Accuracy(), scores, labels),
      "binary": value(Accuracy(), chances, truths),
      "top 1": value(TopKAccuracy(k: 1), scores, oneHot),
      "top 2": value(TopKAccuracy(k: 2), scores, oneHot),
      "top 3 sparse": value(TopKAccuracy(k: 3), scores, labels.reshaped(to: [40, 1])),
    ]
    #expect(found.keys.sorted() == reference.keys.sorted())
    // Keras keeps the share as Float.
    for (name, value) in found { #expect(abs(value - (reference[name] ?? -1)) < 0x1p-24, "\(name)") }
    #expect(value(Accuracy(), chances, truths.reshaped(to: [40])) == found["binary"])
  }

  @Test func resetStartsAnew() {
    var metric = Accuracy()
    #expect(metric.value == 0)
    metric.update(predicted: Tensor(shape: [1, 2], scalars: [0, 1]), expected: Tensor([1]))
    #expect(metric.value == 1)
    metric.reset()
    #expect(metric.value == 0)
    metric.update(predicted: Tensor(zeros: [0, 2]), expected: Tensor(zeros: [0]))
    #expect(metric.value == 0)
    #expect(metric.name == "accuracy")
    #expect(TopKAccuracy(k: 3).name == "top_3_accuracy")
  }

  @Test func numbersThatAreNoClassAreMisses() {
    let predicted = Tensor<Float>(shape: [3, 2], scalars: [1, 0, 1, 0, 1, 0])
    let expected = Tensor<Float>([.nan, 7, -1])
    var (accuracy, topTwo) = (Accuracy(), TopKAccuracy(k: 2))
    accuracy.update(predicted: predicted, expected: expected)
    topTwo.update(predicted: predicted, expected: expected)
    #expect(accuracy.value == 0)
    #expect(topTwo.value == 0)
  }

  @Test func notANumberIsNeverAmongTheFirst() {
    var metric = TopKAccuracy(k: 1)
    metric.update(predicted: Tensor(shape: [2, 2], scalars: [.nan, .nan, 1, .nan]), expected: Tensor([0, 0]))
    #expect(metric.value == 0)
  }

  @Test func runningMeanIsWeightedByCounts() {
    var mean = RunningMean()
    mean.add(mean: 1, count: 32)
    mean.add(mean: 4, count: 16)
    #expect(mean.value == 2)
  }
}
