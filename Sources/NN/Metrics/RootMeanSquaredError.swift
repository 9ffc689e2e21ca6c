import Tensor

/// The root of the mean squared error, in the units of the targets.
///
/// Shapes: predicted and expected `[N, …]`; `[N]` and `[N, 1]` may meet.
public struct RootMeanSquaredError: WeightedMetric {
  private var mean = RunningMean()

  /// Makes the metric.
  public init() {}

  /// "root_mean_squared_error"
  public var name: String { "root_mean_squared_error" }
  /// The root so far.
  public var value: Double { mean.value.squareRoot() }
  /// The smaller the better.
  public var direction: MetricDirection? { .min }

  /// Throws ``TargetError`` unless there is a target for each output.
  public func check(predicted: Shape, expected: Tensor<Float>) throws {
    try checkQuantities(predicted: predicted, expected: expected)
  }

  /// Adds a batch. Stops where ``check(predicted:expected:)`` throws.
  public mutating func update(predicted: Tensor<Float>, expected: Tensor<Float>) {
    let errors = squaredErrors(predicted, expected)
    guard errors.count > 0 else { return }
    mean.add(mean: errors.mean().scalar, count: predicted.shape[0])
  }

  /// Adds a batch of weighted examples. Stops where ``check(predicted:expected:)`` throws.
  public mutating func update(predicted: Tensor<Float>, expected: Tensor<Float>, weights: Tensor<Float>) {
    mean.add(squaredErrors(predicted, expected).scalars, weights: weights)
  }

  private func squaredErrors(_ predicted: Tensor<Float>, _ expected: Tensor<Float>) -> Tensor<Double> {
    orStop("RootMeanSquaredError") { () throws(TargetError) in
      try checkQuantities(predicted: predicted.shape, expected: expected)
    }
    return (predicted - expected.reshaped(to: predicted.shape)).toDouble().squared()
  }

  /// Starts anew.
  public mutating func reset() { mean = RunningMean() }
}

extension Metric where Self == RootMeanSquaredError {
  /// The root of the mean squared error, in the units of the targets.
  public static var rootMeanSquaredError: Self { RootMeanSquaredError() }
}

/// Throws ``TargetError`` unless predictions and targets have one shape, or are `[N]` and `[N, 1]`.
func checkQuantities(predicted: Shape, expected: Tensor<Float>) throws(TargetError) {
  let shapes = [predicted, expected.shape].map { $0.rank == 2 && $0[1] == 1 ? Shape([$0[0]]) : $0 }
  guard shapes[0] == shapes[1], predicted.rank > 0 else {
    throw TargetError(predicted: predicted, expected: expected.shape, reason: "a target for each output is needed")
  }
}
