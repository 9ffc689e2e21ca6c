/// What a callback gets before the step on a batch.
public struct BatchStart: Hashable, Sendable {
  /// The number of the epoch, from 0.
  public let epoch: Int
  /// The number of the batch in the epoch, from 0.
  public let batch: Int
  /// The number of steps before this one, since the beginning of the first epoch.
  public let step: Int
}
