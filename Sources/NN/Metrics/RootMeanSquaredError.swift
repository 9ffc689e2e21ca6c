import Tensor

/// The root of the mean squared error, in the units of the targets.
///
/// Shapes: predicted and expected `[N, …]`; `[N]` and `[N, 1]` may meet.
public struct RootMeanSquaredError: Metric {
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
    orStop("RootMeanSquaredError") { () throws(TargetError) in
      try checkQuantities(predicted: predicted.shape, expected: expected)
    }
    guard predicted.count > 0 else { return }
    let errors = (predicted - expected.reshaped(to: predicted.shape)).toDouble().squared()
    mean.add(mean: errors.mean().scalar, count: predicted.shape[0])
  }

  /// Starts anew.
  public mutating func reset() { mean = RunningMean() }
}

/// Throws ``TargetError`` unless predictions and targets have one shape, or are `[N]` and `[N, 1]`.
func checkQuantities(predicted: Shape, expected: Tensor<Float>) throws(TargetError) {
  let shapes = [predicted, expected.shape].map { $0.rank == 2 && $0[1] == 1 ? Shape([$0[0]]) : $0 }
  guard shapes[0] == shapes[1], predicted.rank > 0 else {
    throw TargetError(predicted: predicted, expected: expected.shape, reason: "a target for each output is needed")
  }
}
