import Foundation
import NN
import Tensor

/// Where, how often and how many checkpoints `fit` keeps, so that a training that was killed can go on.
///
/// ```swift
/// try model.fit(train, epochs: 20, loss: .categoricalCrossEntropy, checkpoints: Checkpoints("run/checkpoints"))
/// ```
///
/// A checkpoint holds the whole state of a training. The same program run again goes on from the newest undamaged one and
/// gives bit-identical results to an uninterrupted run, whatever step it was stopped at.
///
/// Files are written whole or not at all, while training goes on. A file is named after the number of steps made,
/// `step-000000138.safetensors`, with `-best` after the number where the epoch that ended there was the best so far.
///
/// While `fit` runs, the folder is locked: another training that uses it is refused with the number of the process.
public struct Checkpoints: Hashable, Sendable {
  /// When a checkpoint is made. One is also made when the training ends or is paused, and of each best epoch.
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
  /// How many of the newest checkpoints are kept.
  public let keepLast: Int
  /// The name of the figure that decides which epoch is the best, whose checkpoint is kept too; `nil` for none.
  public let keepBest: String?
  /// Whether that figure should fall or rise; `nil` where the figure itself says it.
  public let mode: MetricDirection?
  /// Whether training goes on from the newest undamaged checkpoint of the folder. Otherwise the checkpoints that are there
  /// are removed.
  public let resume: Bool

  /// Makes the settings. Stops when a number is outside its range.
  ///
  /// - Parameters:
  ///   - folder: belongs to one training; made if it does not exist.
  ///   - interval: when a checkpoint is made.
  ///   - keepLast: how many of the newest checkpoints are kept, at least 1. With more than 1, a damaged file costs no more
  ///     than the steps since the one before.
  ///   - keepBest: the name of the figure that decides which epoch is the best. `fit` throws for a figure that it does not
  ///     have, and warns of a `val_` figure without validation data.
  ///   - mode: whether that figure should fall (`.min`) or rise (`.max`). Without it, a loss should fall and a metric says
  ///     what it wants.
  ///   - resume: whether training goes on from the newest undamaged checkpoint of the folder. Otherwise the checkpoints
  ///     that are there are removed.
  public init(
    _ folder: String, every interval: Interval = .epochs(1), keepLast: Int = 3, keepBest: String? = "val_loss",
    mode: MetricDirection? = nil, resume: Bool = true
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
    self.mode = mode
    self.resume = resume
  }

  /// The path of the newest checkpoint, damaged or not; `nil` when there is none.
  public var newest: String? { files.last.map(path) }

  /// The path of the checkpoint of the best epoch; `nil` when there is none.
  public var best: String? { files.last(where: \.isBest).map(path) }

  private var files: [CheckpointFile] { (try? CheckpointFolder(folder).files()) ?? [] }

  private func path(of file: CheckpointFile) -> String { "\(folder)/\(file.name)" }
}
