import Foundation
import NN
import Tensor
import Testing

/// Metrics with random options and inputs against Keras, as `draw_metrics.py` has written it down.
struct MetricDrawTests {
  struct Draw: Decodable, CustomTestStringConvertible {
    struct Options: Decodable {
      let numThresholds, topK, classId, numRegressors, k: Int?
      let curve, summationMethod, average, classAggregation: String?
      let thresholds: Numbers?
      let multiLabel, fromLogits: Bool?
      let labelWeights: [Float]?
      let threshold, labelSmoothing: Float?
      let beta: Double?
    }

    /// One number or several.
    struct Numbers: Decodable {
      let values: [Float]

      init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let value = try? container.decode(Float.self) {
          values = [value]
        } else {
          values = try container.decode([Float].self)
        }
      }
    }

    let `class`, kind: String
    let shape: [Int]
    let seed: UInt64
    let levels: Bool
    let options: Options
    /// Keras's value; `nil` for NaN.
    let value: Double?
    /// How the examples are weighted; `nil` for not at all.
    let weighted: String?
    /// scikit-learn's value, where it has the same metric.
    let peer: Double?

    var testDescription: String { "\(`class`) \(shape) \(weighted ?? "") \(options)" }
  }

  static let draws = Result { () throws -> [Draw] in
    let file = Bundle.module.bundleURL.appending(path: "Fixtures").appending(path: "metric_draws.json")
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return try decoder.decode([Draw].self, from: Data(contentsOf: file))
  }

  private func metric(_ draw: Draw) throws -> any Metric {
    let options = draw.options
    let (fromLogits, smoothing) = (options.fromLogits == true, options.labelSmoothing ?? 0)
    switch draw.class {
    case "AUC":
      return AUC(
        thresholdCount: try #require(options.numThresholds), thresholds: options.thresholds?.values,
        curve: try #require(options.curve.flatMap(AUC.Curve.init)),
        summation: try #require(options.summationMethod.flatMap(AUC.Summation.init)),
        isMultiLabel: options.multiLabel == true, labelWeights: options.labelWeights, fromLogits: fromLogits)
    case "Precision":
      return Precision(threshold: options.thresholds?.values[0], topK: options.topK, classID: options.classId)
    case "Recall":
      return Recall(threshold: options.thresholds?.values[0], topK: options.topK, classID: options.classId)
    case "F1Score", "FBetaScore":
      return FBetaScore(
        average: try #require(options.average.flatMap(FBetaScore.Average.init)), beta: options.beta ?? 1,
        threshold: options.threshold)
    case "BinaryAccuracy": return BinaryAccuracy(threshold: options.threshold)
    case "TopKCategoricalAccuracy": return TopKAccuracy(k: try #require(options.k))
    case "R2Score":
      return R2Score(
        aggregation: try #require(options.classAggregation.flatMap(R2Score.Aggregation.init)),
        regressorCount: options.numRegressors ?? 0)
    case "RootMeanSquaredError": return RootMeanSquaredError()
    case "MeanAbsoluteError": return .meanAbsoluteError
    case "MeanSquaredError": return .meanSquaredError
    case "MeanAbsolutePercentageError": return .meanAbsolutePercentageError
    case "MeanSquaredLogarithmicError": return .meanSquaredLogarithmicError
    case "LogCoshError": return .logCosh
    case "Poisson": return .poisson
    case "KLDivergence": return .klDivergence
    case "Hinge": return .hinge
    case "SquaredHinge": return .squaredHinge
    case "CategoricalHinge": return .categoricalHinge
    case "CosineSimilarity": return .cosineSimilarity
    case "BinaryCrossentropy": return .binaryCrossEntropy(fromLogits: fromLogits, labelSmoothing: smoothing)
    case "CategoricalCrossentropy":
      return .categoricalCrossEntropy(fromLogits: fromLogits, labelSmoothing: smoothing)
    case "SparseCategoricalCrossentropy": return .sparseCategoricalCrossEntropy(fromLogits: fromLogits)
    default: throw UnknownClass(name: draw.class)
    }
  }

  private struct UnknownClass: Error { let name: String }

  @Test func richMetricsAreDrawnOften() throws {
    let (plain, weighted) = try (
      Self.draws.get().filter { $0.weighted == nil }, Self.draws.get().filter { $0.weighted != nil }
    )
    let counts = Dictionary(grouping: plain, by: \.class).mapValues(\.count)
    #expect(counts.count == 23)
    for name in ["AUC", "Precision", "Recall", "F1Score", "FBetaScore", "R2Score"] { #expect(counts[name] == 24) }
    for name in ["AUC", "FBetaScore", "R2Score"] {
      let forms = weighted.filter { $0.class == name }.compactMap(\.weighted)
      #expect(forms.count == 20 && Set(forms) == ["drawn", "like scikit-learn", "zero", "one class"])
    }
  }

  @Test(arguments: try draws.get())
  func againstKeras(draw: Draw) throws {
    var (predicted, expected) = drawnInputs(
      draw.kind, Shape(draw.shape), seed: draw.seed, fromLogits: draw.options.fromLogits == true, levels: draw.levels)
    let weights = draw.weighted.map { form in
      form == "zero" ? Tensor<Float>(zeros: [40]) : (hashed([40], seed: draw.seed + 2) + 0.5).relu()
    }
    if draw.weighted == "one class" { expected = Tensor(ones: expected.shape) }
    func update<M: Metric>(_ metric: inout M, _ rows: Range<Int>) throws {
      if let weights {
        var weighted = try #require(metric as? any WeightedMetric)
        weighted.update(predicted: predicted[rows], expected: expected[rows], weights: weights[rows])
        metric = try #require(weighted as? M)
      } else {
        metric.update(predicted: predicted[rows], expected: expected[rows])
      }
    }
    func isNear(_ value: Double, _ other: Double?) -> Bool {
      // Keras adds up to 200 areas in single precision; the losses are computed in it here.
      other.map { abs(value - $0) <= 5e-6 * max(1, abs($0)) } ?? value.isNaN
    }
    var metric = try metric(draw)
    for rows in [0..<16, 16..<32, 32..<40] {
      try metric.check(predicted: predicted[rows].shape, expected: expected[rows])
      try update(&metric, rows)
    }
    #expect(isNear(metric.value, draw.value))
    if let peer = draw.peer { #expect(isNear(metric.value, peer)) }
    // In the middle of an epoch the state goes through a checkpoint.
    func decoded<M: Metric>(_ metric: M) throws -> M {
      try JSONDecoder().decode(M.self, from: JSONEncoder().encode(metric))
    }
    #expect(try isNear(decoded(metric).value, draw.value))
    metric.reset()
    for rows in [0..<16, 16..<32, 32..<40] {
      metric = try decoded(metric)
      try update(&metric, rows)
    }
    #expect(isNear(metric.value, draw.value))
  }
}
