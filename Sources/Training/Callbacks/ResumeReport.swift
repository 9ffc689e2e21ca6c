import Serialization

/// Where a training goes on, and from which checkpoint.
public struct ResumeReport: Hashable, Sendable, CustomStringConvertible {
  /// The checkpoint.
  public let path: String
  /// The number of the epoch that comes next or is in progress, from 0.
  public let epoch: Int
  /// How many of its batches are done.
  public let batch: Int
  /// How many of its examples are done.
  public let examples: Int
  /// Whether nothing is left to do, because a callback had stopped the training for good.
  public let isOver: Bool
  /// What is wrong with newer checkpoints, which were skipped.
  public let damaged: [String]

  /// A line for each damaged checkpoint, then one for the checkpoint in use.
  public var description: String {
    let place = isOver ? "where the training ended" : "epoch \(epoch + 1)" + (batch > 0 ? " after batch \(batch)" : "")
    let lines = damaged.map { "Skipped a damaged checkpoint: \($0)" } + ["Resumed from \(path): \(place)"]
    return lines.map(\.withoutControls).joined(separator: "\n")
  }
}
