import Autograd
import Tensor

/// The mean of a loss over all examples, as a metric: `metrics: [.meanAbsoluteError]`.
public struct LossMetric<Measured: Loss & Codable>: WeightedMetric {
  /// The loss that is measured.
  public let loss: Measured
  /// The name in the history.
  public let name: String
  private let isNegated: Bool
  private var mean = RunningMean()

  /// Makes the metric.
  ///
  /// - Parameters:
  ///   - loss: the loss to measure.
  ///   - name: the name in the history.
  ///   - direction: `.max` for the negative of the loss.
  public init(_ loss: Measured, name: String, direction: MetricDirection = .min) {
    self.loss = loss
    self.name = name
    isNegated = direction == .max
  }

  /// The mean so far.
  public var value: Double { isNegated ? -mean.value : mean.value }
  /// The smaller the better, unless the loss is negated.
  public var direction: MetricDirection? { isNegated ? .max : .min }

  /// Throws what the loss has against the targets.
  public func check(predicted: Shape, expected: Tensor<Float>) throws {
    try loss.check(predicted: predicted, expected: expected)
  }

  /// Adds a batch. Stops where ``check(predicted:expected:)`` throws.
  public mutating func update(predicted: Tensor<Float>, expected: Tensor<Float>) {
    let losses = losses(predicted, expected)
    guard losses.count > 0 else { return }
    mean.add(mean: losses.mean().scalar, count: losses.count)
  }

  /// Adds a batch of weighted examples. Stops where ``check(predicted:expected:)`` throws.
  public mutating func update(predicted: Tensor<Float>, expected: Tensor<Float>, weights: Tensor<Float>) {
    mean.add(losses(predicted, expected).scalars, weights: weights)
  }

  private func losses(_ predicted: Tensor<Float>, _ expected: Tensor<Float>) -> Tensor<Double> {
    do {
      try check(predicted: predicted.shape, expected: expected)
    } catch {
      stop("\(name): \(error)")
    }
    return loss.perExample(predicted: Variable(predicted), expected: expected).value.toDouble()
  }

  /// Starts anew.
  public mutating func reset() { mean = RunningMean() }
}

extension Metric where Self == LossMetric<MeanAbsoluteError> {
  /// The mean absolute error.
  public static var meanAbsoluteError: Self { LossMetric(MeanAbsoluteError(), name: "mean_absolute_error") }
}

extension Metric where Self == LossMetric<MeanSquaredError> {
  /// The mean squared error.
  public static var meanSquaredError: Self { LossMetric(MeanSquaredError(), name: "mean_squared_error") }
}

extension Metric where Self == LossMetric<MeanAbsolutePercentageError> {
  /// The mean absolute error in percent of the targets.
  public static var meanAbsolutePercentageError: Self {
    LossMetric(MeanAbsolutePercentageError(), name: "mean_absolute_percentage_error")
  }
}

extension Metric where Self == LossMetric<MeanSquaredLogarithmicError> {
  /// The mean squared difference of the logarithms.
  public static var meanSquaredLogarithmicError: Self {
    LossMetric(MeanSquaredLogarithmicError(), name: "mean_squared_logarithmic_error")
  }
}

extension Metric where Self == LossMetric<LogCosh> {
  /// The logarithm of the hyperbolic cosine of the error.
  public static var logCosh: Self { LossMetric(LogCosh(), name: "logcosh") }
}

extension Metric where Self == LossMetric<Poisson> {
  /// The Poisson loss of counts.
  public static var poisson: Self { LossMetric(Poisson(), name: "poisson") }
}

extension Metric where Self == LossMetric<KLDivergence> {
  /// The divergence of the expected distribution from the predicted one.
  public static var klDivergence: Self { LossMetric(KLDivergence(), name: "kl_divergence") }
}

extension Metric where Self == LossMetric<Hinge> {
  /// The hinge loss.
  public static var hinge: Self { LossMetric(Hinge(), name: "hinge") }
}

extension Metric where Self == LossMetric<SquaredHinge> {
  /// The squared hinge loss.
  public static var squaredHinge: Self { LossMetric(SquaredHinge(), name: "squared_hinge") }
}

extension Metric where Self == LossMetric<CategoricalHinge> {
  /// The hinge loss of one-hot targets and scores of classes.
  public static var categoricalHinge: Self { LossMetric(CategoricalHinge(), name: "categorical_hinge") }
}

extension Metric where Self == LossMetric<CosineSimilarity> {
  /// The cosine of the angle between predicted and expected vectors: the larger the better.
  public static var cosineSimilarity: Self {
    LossMetric(CosineSimilarity(), name: "cosine_similarity", direction: .max)
  }
}

extension Metric where Self == LossMetric<BinaryCrossEntropy> {
  /// The cross-entropy of yes-or-no answers.
  public static func binaryCrossEntropy(fromLogits: Bool = false, labelSmoothing: Float = 0) -> Self {
    LossMetric(
      BinaryCrossEntropy(fromLogits: fromLogits, labelSmoothing: labelSmoothing), name: "binary_crossentropy")
  }
}

extension Metric where Self == LossMetric<CategoricalCrossEntropy> {
  /// The cross-entropy of classes with one-hot targets.
  public static func categoricalCrossEntropy(fromLogits: Bool = false, labelSmoothing: Float = 0) -> Self {
    LossMetric(
      CategoricalCrossEntropy(fromLogits: fromLogits, labelSmoothing: labelSmoothing), name: "categorical_crossentropy")
  }
}

extension Metric where Self == LossMetric<SparseCategoricalCrossEntropy> {
  /// The cross-entropy of classes given by their index.
  public static func sparseCategoricalCrossEntropy(fromLogits: Bool = false) -> Self {
    LossMetric(SparseCategoricalCrossEntropy(fromLogits: fromLogits), name: "sparse_categorical_crossentropy")
  }
}
