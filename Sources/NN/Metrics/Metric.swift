import Tensor

/// A number that tells how good predictions are, collected over batches.
///
/// A metric of your own needs ``name``, ``value``, ``update(predicted:expected:)`` and ``reset()``. It is encoded into
/// checkpoints, so that a training can go on in the middle of an epoch.
public protocol Metric: Codable, Sendable {
  /// The name in the history.
  var name: String { get }
  /// The value over all batches since the last reset.
  var value: Double { get }
  /// Adds a batch of predictions `[N, …]` and targets.
  mutating func update(predicted: Tensor<Float>, expected: Tensor<Float>)
  /// Starts anew. What is left are the options, which a training that continues from a checkpoint compares with those in it.
  mutating func reset()

  /// Whether a better model has a larger or a smaller value; `nil`, not known, unless a metric says otherwise. Callbacks
  /// that compare epochs, such as `EarlyStopping`, then need their own `mode`.
  var direction: MetricDirection? { get }
  /// Tells the metric what the model's outputs mean, before its first batch; `nil` where the loss does not say it.
  mutating func prepare(for meaning: OutputMeaning?)
  /// Throws unless the metric can read targets of this form for outputs of the given shape. Called before
  /// ``update(predicted:expected:)``.
  func check(predicted: Shape, expected: Tensor<Float>) throws
}

extension Metric {
  /// Not known.
  public var direction: MetricDirection? { nil }
  /// Does nothing.
  public mutating func prepare(for meaning: OutputMeaning?) {}
  /// Accepts everything.
  public func check(predicted: Shape, expected: Tensor<Float>) throws {}
}

/// Which values of a metric are better.
public enum MetricDirection: String, Hashable, Codable, Sendable {
  /// The smaller the better, as for a loss.
  case min
  /// The larger the better, as for an accuracy.
  case max
}
