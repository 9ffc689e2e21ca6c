import Foundation
import NN
import Tensor

/// Where, how often and how many checkpoints `fit` keeps, so that an interrupted training can continue.
///
/// ```swift
/// try model.fit(train, epochs: 20, loss: .categoricalCrossEntropy, checkpoints: Checkpoints("run/checkpoints"))
/// ```
///
/// A checkpoint holds the whole state of a training. Run the same program again: it continues from the newest undamaged
/// checkpoint and gives bit-identical results to an uninterrupted run, at whatever step it was stopped.
///
/// Files are written in the background, completely or not at all. The name of a file contains the number of steps,
/// `step-000000138.safetensors`. After the best epoch so far, it also contains `-best`.
///
/// While `fit` runs, the folder is locked. A second training in the same folder gets an error with the number of the
/// process that uses it.
public struct Checkpoints: Hashable, Sendable {
  /// When a checkpoint is made. In addition, one is made when the training ends or is paused, after each best epoch, and
  /// when an example cannot be read any more.
  public enum Interval: Hashable, Sendable {
    /// After a number of epochs; 2 means after every second epoch.
    case epochs(Int)
    /// After a number of steps, counted from the beginning of the first epoch.
    case steps(Int)
    /// After a number of seconds since the last checkpoint, at the end of a step.
    case seconds(Double)
  }

  /// The folder of one training; made if it does not exist.
  public let folder: String
  /// When a checkpoint is due.
  public let interval: Interval
  /// How many of the newest checkpoints are kept.
  public let keepLast: Int
  /// The name of the figure that decides which epoch is the best. The checkpoint of the best epoch is kept too; with
  /// `nil`, it is not.
  public let keepBest: String?
  /// Whether that figure should fall or rise; `nil` for the direction of its metric.
  public let mode: MetricDirection?
  /// Whether the training continues from the newest undamaged checkpoint of the folder. Otherwise existing checkpoints
  /// are removed.
  public let resume: Bool
  /// Whether ``keepBest`` is the caller's choice, so that a training without the figure is worth a warning.
  private(set) var choosesBest = true

  /// Makes the settings. Stops the program if a number is out of range.
  ///
  /// - Parameters:
  ///   - folder: the folder of one training; made if it does not exist.
  ///   - interval: when a checkpoint is made.
  ///   - keepLast: how many of the newest checkpoints are kept, at least 1. With more than 1, a damaged file costs only
  ///     the steps since the checkpoint before.
  ///   - keepBest: the name of the figure that decides which epoch is the best; `nil` for none. `fit` throws an error if the
  ///     training does not have the figure, and warns if it is a `val_` figure and there is no validation data.
  ///   - mode: whether that figure should fall (`.min`) or rise (`.max`). By default, a loss should fall, and for a
  ///     metric its direction decides.
  ///   - resume: whether the training continues from the newest undamaged checkpoint of the folder. Otherwise existing
  ///     checkpoints are removed.
  public init(
    _ folder: String, every interval: Interval = .epochs(1), keepLast: Int = 3, keepBest: String?,
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

  /// Makes the settings, with `val_loss` to decide which epoch is the best if there is validation data.
  public init(
    _ folder: String, every interval: Interval = .epochs(1), keepLast: Int = 3, mode: MetricDirection? = nil,
    resume: Bool = true
  ) {
    self.init(folder, every: interval, keepLast: keepLast, keepBest: "val_loss", mode: mode, resume: resume)
    choosesBest = false
  }

  /// The path of the newest checkpoint, which may be damaged; `nil` if there is none.
  public var newest: String? { files.last.map(path) }

  /// The path of the checkpoint of the best epoch; `nil` when there is none.
  public var best: String? { files.last(where: \.isBest).map(path) }

  /// The checkpoint to use as a model: that of the best epoch or, if it is damaged or there is none, the newest one that is whole.
  ///
  /// - Returns: its path, and what is wrong with those that are damaged; if all are, the one that would have been used.
  package var usable: (path: String, damaged: [String])? {
    let all = files
    let sorted = Array(all.filter(\.isBest).suffix(1)) + Array(all.reversed())
    var damaged: [String] = []
    for file in sorted {
      do {
        _ = try SavedState(contentsOf: path(of: file), limit: .max)
        return (path(of: file), damaged)
      } catch {
        if !damaged.contains("\(error)") { damaged.append("\(error)") }
      }
    }
    return sorted.first.map { (path(of: $0), []) }
  }

  /// Whether checkpoints have such names.
  package static func isName(_ name: String) -> Bool { CheckpointFile(name: name) != nil }

  /// Removes all checkpoints, and the folder if nothing else is in it.
  ///
  /// - Throws: `FolderLockError` if a training uses the folder, ``CheckpointError`` if it cannot be read.
  package func remove() throws {
    let checkpoints = CheckpointFolder(folder)
    let lock = try checkpoints.prepare()
    try checkpoints.clear()
    lock.release()
    // Fails where other files are in the folder, which stay.
    rmdir(folder)
  }

  private var files: [CheckpointFile] { (try? CheckpointFolder(folder).files()) ?? [] }

  private func path(of file: CheckpointFile) -> String { "\(folder)/\(file.name)" }
}
