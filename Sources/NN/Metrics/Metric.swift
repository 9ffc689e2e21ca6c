import Tensor

/// A number that tells how good predictions are, gathered over batches.
public protocol Metric: Sendable {
  /// The name under which the history keeps it.
  var name: String { get }
  /// The value over all batches since the last reset.
  var value: Double { get }
  /// Takes in a batch of predictions `[N, …]` and targets.
  mutating func update(predicted: Tensor<Float>, expected: Tensor<Float>)
  /// Starts anew.
  mutating func reset()
}

/// A mean over examples, gathered over batches: the running loss of an epoch.
public struct RunningMean: Sendable {
  private var total = 0.0
  private var count = 0

  /// Makes an empty mean.
  public init() {}

  /// The mean so far; 0 before anything was added.
  public var value: Double { count == 0 ? 0 : total / Double(count) }

  /// Takes in the mean of `count` more examples.
  public mutating func add(mean: Double, count: Int) {
    total += mean * Double(count)
    self.count += count
  }
}
