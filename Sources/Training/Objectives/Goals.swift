import NN

/// What the caller of `fit` and `evaluate` asks for.
struct Goals {
  /// The loss of each output.
  let losses: PerOutput<any Loss>
  /// How much each loss counts in the sum; 1 for an output without.
  var lossWeights: PerOutput<Float>?
  /// The metrics of each output; `nil` for those that fit the losses.
  var metrics: PerOutput<[any Metric]>?
  /// The metrics that weigh the examples of each output.
  var weightedMetrics: PerOutput<[any WeightedMetric]>?
  /// Whether the caller knows of one output only, and gave its loss without a name.
  let isForOneOutput: Bool

  /// The goals of a model with one output.
  init(loss: any Loss, metrics: [any Metric]?, weightedMetrics: [any WeightedMetric]? = nil) {
    losses = PerOutput([loss])
    self.metrics = metrics.map { PerOutput([$0]) }
    self.weightedMetrics = weightedMetrics.map { PerOutput([$0]) }
    isForOneOutput = true
  }

  /// The goals of a model with several outputs.
  init(
    losses: PerOutput<any Loss>, lossWeights: PerOutput<Float>?, metrics: PerOutput<[any Metric]>?,
    weightedMetrics: PerOutput<[any WeightedMetric]>?
  ) {
    self.losses = losses
    self.lossWeights = lossWeights
    self.metrics = metrics
    self.weightedMetrics = weightedMetrics
    isForOneOutput = false
  }
}
