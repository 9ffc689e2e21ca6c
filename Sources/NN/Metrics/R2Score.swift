import Tensor

/// The share of the variance of the targets that the predictions explain: 1 - Σ (t - p)² / Σ (t - t̄)². With weights, the sums
/// and the mean t̄ are weighted ones.
///
/// 1 for perfect predictions, 0 for those no better than the mean t̄, below 0 for worse ones. An output whose targets are all
/// the same counts as 0, or as NaN where they are predicted exactly, as in Keras.
///
/// With p regressors the score is adjusted to 1 - (1 - R²) (n - 1) / (n - p - 1), where n is the number of targets, those of all
/// outputs, as in Keras. It is not adjusted where n ≤ p + 1.
///
/// Shapes: predicted and expected `[N, K]` or `[N]`.
public struct R2Score: WeightedMetric {
  /// How one number is made of the scores of all outputs.
  public enum Aggregation: String, Codable, Sendable, CaseIterable {
    /// The mean.
    case uniformAverage = "uniform_average"
    /// The mean weighted by the variance of the targets of each output.
    case varianceWeightedAverage = "variance_weighted_average"
  }

  /// The sums over the examples for one output.
  private struct Sums: Codable, Sendable {
    /// The number of examples, or the sum of their weights.
    var count = 0.0
    var targets = 0.0
    var squares = 0.0
    var errors = 0.0

    /// Σ (t - t̄)².
    var variation: Double { squares - targets * (targets / count) }

    var score: Double {
      let score = 1 - errors / variation
      return score.isInfinite ? 0 : score
    }
  }

  /// How one number is made of the scores of all outputs.
  public let aggregation: Aggregation
  /// p, the number of independent variables that the score is adjusted for; 0 for no adjustment.
  public let regressorCount: Int
  private var sums: [Sums] = []
  private var sampleCount = 0

  /// Makes the metric. Stops when the number of regressors is negative.
  ///
  /// - Parameters:
  ///   - aggregation: how one number is made of the scores of all outputs.
  ///   - regressorCount: p, the number of independent variables to adjust for.
  public init(aggregation: Aggregation = .uniformAverage, regressorCount: Int = 0) {
    require(regressorCount >= 0, "R2Score: regressorCount is \(regressorCount), at least 0 is needed")
    self.aggregation = aggregation
    self.regressorCount = regressorCount
  }

  /// "r2_score"
  public var name: String { "r2_score" }
  /// The larger the better.
  public var direction: MetricDirection? { .max }

  /// The score so far; NaN before the first batch, and where all weights are 0.
  public var value: Double {
    let score: Double
    switch aggregation {
    case .uniformAverage:
      score = sums.reduce(0) { $0 + $1.score } / Double(sums.count)
    case .varianceWeightedAverage:
      score = sums.reduce(0) { $0 + $1.variation * $1.score } / sums.reduce(0) { $0 + $1.variation }
    }
    guard regressorCount > 0, regressorCount < sampleCount - 1 else { return score }
    return 1 - (1 - score) * Double(sampleCount - 1) / Double(sampleCount - regressorCount - 1)
  }

  /// Throws ``TargetError`` unless outputs and targets are `[N, K]` or `[N]`, and there is a target for each output.
  public func check(predicted: Shape, expected: Tensor<Float>) throws {
    try check(predicted, expected)
  }

  private func check(_ predicted: Shape, _ expected: Tensor<Float>) throws(TargetError) {
    try checkQuantities(predicted: predicted, expected: expected)
    guard predicted.rank <= 2 else {
      throw TargetError(predicted: predicted, expected: expected.shape, reason: "outputs [N, K] are needed")
    }
  }

  /// Adds a batch. Stops where ``check(predicted:expected:)`` throws.
  public mutating func update(predicted: Tensor<Float>, expected: Tensor<Float>) {
    add(predicted, expected, nil)
  }

  /// Adds a batch of weighted examples. Stops where ``check(predicted:expected:)`` throws.
  public mutating func update(predicted: Tensor<Float>, expected: Tensor<Float>, weights: Tensor<Float>) {
    add(predicted, expected, weights)
  }

  private mutating func add(_ predicted: Tensor<Float>, _ expected: Tensor<Float>, _ weights: Tensor<Float>?) {
    orStop("R2Score") { () throws(TargetError) in try check(predicted.shape, expected) }
    let outputs = predicted.shape.rank == 2 ? predicted.shape[1] : 1
    if sums.count != outputs { sums = Array(repeating: Sums(), count: outputs) }
    let weights = weights?.scalars
    for (index, (predicted, expected)) in zip(predicted.scalars, expected.scalars).enumerated() {
      let (target, error) = (Double(expected), Double(expected) - Double(predicted))
      let weight = weights.map { Double($0[index / outputs]) } ?? 1
      sums[index % outputs].count += weight
      sums[index % outputs].targets += weight * target
      sums[index % outputs].squares += weight * target * target
      sums[index % outputs].errors += weight * error * error
    }
    sampleCount += expected.count
  }

  /// Starts anew.
  public mutating func reset() {
    sums = []
    sampleCount = 0
  }
}

extension Metric where Self == R2Score {
  /// The share of the variance of the targets that the predictions explain, as the mean over the outputs.
  public static var r2Score: Self { R2Score() }
}
