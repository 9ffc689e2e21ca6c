/// Where a training goes on, and from which checkpoint.
public struct ResumeReport: Hashable, Sendable, CustomStringConvertible {
  /// The checkpoint.
  public let path: String
  /// The number of the epoch that comes next or is under way, from 0.
  public let epoch: Int
  /// How many of its batches are done.
  public let batch: Int
  /// How many of its examples are done.
  public let examples: Int
  /// Whether nothing is left to do: a callback had stopped the training for good.
  public let isOver: Bool
  /// What is wrong with newer checkpoints, which were therefore left out.
  public let damaged: [String]

  /// What is said to the user: a line for each damaged checkpoint, then one for the whole one.
  public var description: String {
    let place = isOver ? "where the training ended" : "epoch \(epoch + 1)" + (batch > 0 ? " after batch \(batch)" : "")
    return (damaged.map { "Left out \($0)" } + ["Resumed from \(path): \(place)"]).joined(separator: "\n")
  }
}
