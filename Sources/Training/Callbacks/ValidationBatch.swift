/// A batch of the validation data, before or after the model is measured on it.
public struct ValidationBatch: Hashable, Sendable {
  /// The number of the epoch that the validation follows, from 0.
  public let epoch: Int
  /// The number of the batch, from 0.
  public let batch: Int
  /// The number of validation examples that are measured so far.
  public let examples: Int
  /// The number of all validation examples; `Int.max` if it is not known.
  public let exampleCount: Int
}
