import Tensor

/// The share of right yes-or-no answers, each output for itself: 1 where the output is above the threshold, else 0, compared
/// with the target, as in Keras.
///
/// For targets with several classes (multi-hot). Shapes: predicted and expected `[N, …]`, the same number of elements.
public struct BinaryAccuracy: WeightedMetric {
  /// An output above it means yes; `nil` for ½, or 0 where the outputs are logits.
  public let threshold: Float?
  private var outputsAreLogits: Bool?
  private var mean = RunningMean()

  /// Makes the metric.
  ///
  /// - Parameter threshold: an output above it means yes. Without it, ½, or 0 where the loss takes logits.
  public init(threshold: Float? = nil) {
    self.threshold = threshold
  }

  /// "binary_accuracy"
  public var name: String { "binary_accuracy" }
  /// The share so far.
  public var value: Double { mean.value }
  /// The larger the better.
  public var direction: MetricDirection? { .max }

  /// Notes whether the outputs are logits.
  public mutating func prepare(for meaning: OutputMeaning?) {
    outputsAreLogits = meaning?.isLogits
  }

  /// Throws ``TargetError`` unless there is a target for each output.
  public func check(predicted: Shape, expected: Tensor<Float>) throws {
    try checkCounts(predicted, expected)
  }

  /// Adds a batch. Stops where ``check(predicted:expected:)`` throws.
  public mutating func update(predicted: Tensor<Float>, expected: Tensor<Float>) {
    let isRight = isRight(predicted, expected)
    guard !isRight.isEmpty else { return }
    mean.add(mean: Double(isRight.count(where: \.self)) / Double(isRight.count), count: predicted.shape[0])
  }

  /// Adds a batch of weighted examples. Stops where ``check(predicted:expected:)`` throws.
  public mutating func update(predicted: Tensor<Float>, expected: Tensor<Float>, weights: Tensor<Float>) {
    mean.add(isRight(predicted, expected).map { $0 ? 1 : 0 }, weights: weights)
  }

  private func isRight(_ predicted: Tensor<Float>, _ expected: Tensor<Float>) -> [Bool] {
    orStop("BinaryAccuracy") { () throws(TargetError) in try checkCounts(predicted.shape, expected) }
    let limit = threshold ?? (outputsAreLogits == true ? 0 : 0.5)
    return zip(predicted.scalars, expected.scalars).map { ($0 > limit ? 1 : 0) == $1 }
  }

  /// Starts anew.
  public mutating func reset() { mean = RunningMean() }

  private func checkCounts(_ predicted: Shape, _ expected: Tensor<Float>) throws(TargetError) {
    guard predicted.elementCount == expected.count, predicted.first == expected.shape.first else {
      throw TargetError(predicted: predicted, expected: expected.shape, reason: "a target for each output is needed")
    }
  }
}

extension Metric where Self == BinaryAccuracy {
  /// The share of right yes-or-no answers, each output for itself.
  public static var binaryAccuracy: Self { BinaryAccuracy() }
}
