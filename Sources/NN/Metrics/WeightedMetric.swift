import Tensor

/// A metric that can weigh examples, for `weightedMetrics` of `fit` and `evaluate`.
public protocol WeightedMetric: Metric {
  /// Adds a batch of predictions `[N, …]` and targets, in which example n counts wₙ times.
  ///
  /// - Parameter weights: wₙ, `[N]`, finite and at least 0.
  mutating func update(predicted: Tensor<Float>, expected: Tensor<Float>, weights: Tensor<Float>)
}

extension RunningMean {
  /// Takes in values that belong to examples in turn, each of which has as many: one, or one for each pixel. Value i counts as
  /// much as its example.
  mutating func add(_ values: [Double], weights: Tensor<Float>) {
    let weights = weights.scalars
    require(
      weights.isEmpty ? values.isEmpty : values.count % weights.count == 0,
      "WeightedMetric: found \(weights.count) weights for \(values.count) values")
    guard !values.isEmpty else { return }
    let size = values.count / weights.count
    add(
      sum: values.indices.reduce(0) { $0 + values[$1] * Double(weights[$1 / size]) },
      weight: weights.reduce(0) { $0 + Double($1) } * Double(size))
  }
}
