import Foundation
import Tensor

/// Where, how often and how many checkpoints `fit` keeps, so that a training that was killed goes on as if nothing had
/// happened.
///
/// ```swift
/// try model.fit(train, epochs: 20, loss: .categoricalCrossEntropy, checkpoints: Checkpoints("run/checkpoints"))
/// ```
///
/// A checkpoint holds all that decides on the future of a training. The same program run again takes up the newest
/// whole one and ends with the same bits as a run that was never stopped, whatever step it was stopped at.
///
/// Files appear whole or not at all, and are written while training goes on. One is named after the number of steps
/// made, `step-000000138.safetensors`, with `-best` behind the number where the epoch that ended there was the best so
/// far.
public struct Checkpoints: Hashable, Sendable {
  /// When a checkpoint is due. Besides, one is made when the training ends or is paused, and of each best epoch.
  public enum Interval: Hashable, Sendable {
    /// After so many epochs.
    case epochs(Int)
    /// After so many steps, counted from the first one of the first epoch.
    case steps(Int)
    /// After the first step that ends so many seconds after the last checkpoint.
    case seconds(Double)
  }

  /// The folder, which belongs to one training; made if it does not exist.
  public let folder: String
  /// When a checkpoint is due.
  public let interval: Interval
  /// How many of the newest checkpoints stay.
  public let keepLast: Int
  /// The name of the figure that decides which epoch is the best, whose checkpoint stays too; `nil` for none.
  public let keepBest: String?
  /// Whether training goes on from the newest whole checkpoint of the folder. Without, those that are there are removed.
  public let resume: Bool

  /// Makes the settings. Stops when a number is outside its range.
  ///
  /// - Parameters:
  ///   - folder: belongs to one training; made if it does not exist.
  ///   - interval: when a checkpoint is due.
  ///   - keepLast: how many of the newest checkpoints stay, at least 1. With more than 1, damage to a file costs no more
  ///     than the steps since the one before.
  ///   - keepBest: the name of the figure that decides which epoch is the best, as for ``EarlyStopping``. A figure that is
  ///     not there changes nothing.
  ///   - resume: whether training goes on from the newest whole checkpoint of the folder. Without, those that are there
  ///     are removed.
  public init(
    _ folder: String, every interval: Interval = .epochs(1), keepLast: Int = 3, keepBest: String? = "val_loss",
    resume: Bool = true
  ) {
    let isSound =
      switch interval {
      case .epochs(let count), .steps(let count): count >= 1
      case .seconds(let seconds): seconds >= 0
      }
    require(isSound, "Checkpoints: every is \(interval), at least 1, or 0 seconds, are needed")
    require(keepLast >= 1, "Checkpoints: keepLast is \(keepLast), at least 1 is needed")
    self.folder = folder
    self.interval = interval
    self.keepLast = keepLast
    self.keepBest = keepBest
    self.resume = resume
  }

  /// The path of the newest checkpoint, whole or not; `nil` when there is none.
  public var newest: String? { files.last.map(path) }

  /// The path of the checkpoint of the best epoch; `nil` when there is none.
  public var best: String? { files.last(where: \.isBest).map(path) }

  private var files: [CheckpointFile] { (try? CheckpointFolder(folder).files()) ?? [] }

  private func path(of file: CheckpointFile) -> String { "\(folder)/\(file.name)" }
}
