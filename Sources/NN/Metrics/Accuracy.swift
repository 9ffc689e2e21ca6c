import Tensor

/// The share of examples whose predicted class is the expected one.
///
/// Takes every form of targets that ``ClassReading`` reads, as Keras does: one-hot rows `[N, C]`, class indices `[N]` or
/// `[N, 1]`, one output `[N, 1]` for two classes, and images `[N, C, …]`, where each pixel counts. An index that is no
/// class counts as a miss. A row of NaN is read as class 0, as in Keras.
public struct Accuracy: WeightedMetric {
  /// "accuracy"
  public var name: String { "accuracy" }
  /// A single output above it means class 1; `nil` for ½, or 0 where the outputs are logits.
  public let threshold: Float?
  private var outputsAreLogits: Bool?
  private var mean = RunningMean()

  /// Makes an accuracy.
  ///
  /// - Parameter threshold: a single output above it means class 1. Without it, ½, or 0 where the loss takes logits.
  public init(threshold: Float? = nil) {
    self.threshold = threshold
  }

  /// The share so far.
  public var value: Double { mean.value }
  /// The larger the better.
  public var direction: MetricDirection? { .max }

  /// Notes whether the outputs are logits.
  public mutating func prepare(for meaning: OutputMeaning?) {
    outputsAreLogits = meaning?.isLogits
  }

  /// Throws ``TargetError`` unless each example has exactly one class.
  public func check(predicted: Shape, expected: Tensor<Float>) throws {
    _ = try ClassReading.expected(expected, outputs: predicted)
  }

  /// Adds a batch. Stops where ``check(predicted:expected:)`` throws.
  public mutating func update(predicted: Tensor<Float>, expected: Tensor<Float>) {
    let isRight = isRight(predicted, expected)
    guard !isRight.isEmpty else { return }
    mean.add(mean: Double(isRight.count(where: \.self)) / Double(isRight.count), count: isRight.count)
  }

  /// Adds a batch of weighted examples. Stops where ``check(predicted:expected:)`` throws.
  public mutating func update(predicted: Tensor<Float>, expected: Tensor<Float>, weights: Tensor<Float>) {
    let values = isRight(predicted, expected).map { $0 ? 1.0 : 0 }
    mean.add(values, weights: weights)
  }

  private func isRight(_ predicted: Tensor<Float>, _ expected: Tensor<Float>) -> [Bool] {
    let limit = threshold ?? (outputsAreLogits == true ? 0 : 0.5)
    let reading = orStop("Accuracy") { () throws(TargetError) in
      try ClassReading(predicted: predicted, expected: expected, threshold: limit)
    }
    return zip(reading.predicted, reading.expected).map { $0 == $1 }
  }

  /// Starts anew.
  public mutating func reset() { mean = RunningMean() }
}

extension Metric where Self == Accuracy {
  /// The share of examples whose predicted class is the expected one.
  public static var accuracy: Self { Accuracy() }
}

/// The result of `read`; stops with its error.
func orStop<Result>(_ name: String, _ read: () throws(TargetError) -> Result) -> Result {
  do {
    return try read()
  } catch {
    stop("\(name): \(error)")
  }
}
