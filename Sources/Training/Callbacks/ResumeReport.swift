import Serialization

/// The checkpoint from which a training continues, and its position in the training.
public struct ResumeReport: Hashable, Sendable, CustomStringConvertible {
  /// The checkpoint.
  public let path: String
  /// The number of the current or next epoch, from 0.
  public let epoch: Int
  /// The number of its finished batches.
  public let batch: Int
  /// The number of steps since the beginning of the first epoch.
  public let step: Int
  /// The number of its finished examples.
  public let examples: Int
  /// Whether nothing is left to do: all epochs are finished, or a callback had stopped the training for good.
  public let isOver: Bool
  /// The finished epochs.
  public let history: History
  /// What is wrong with newer checkpoints, which were skipped.
  public let damaged: [String]

  /// A line with the checkpoint in use. The training warns of damaged ones.
  public var description: String {
    let place = isOver ? "where the training ended" : "epoch \(epoch + 1)" + (batch > 0 ? " after batch \(batch)" : "")
    return "Resumed from \(path): \(place)".withoutControls
  }
}
