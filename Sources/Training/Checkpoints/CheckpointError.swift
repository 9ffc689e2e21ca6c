import Tensor

/// Why a checkpoint cannot be used.
public enum CheckpointError: Error, Equatable, CustomStringConvertible {
  /// The checkpoint belongs to a training with other data, another model or other options.
  case otherRun(path: String, differences: [String])
  /// The training of the checkpoint has begun more epochs than `epochs`.
  case epochs(path: String, begun: Int, expected: Int)
  /// The file is undamaged, but its content does not fit the training.
  case unusable(path: String, reason: String)
  /// All checkpoints in the folder are damaged.
  case noneWhole(folder: String, damaged: [String])
  /// The folder cannot be made or read.
  case folder(String, reason: String)
  /// There is no checkpoint, or none of the best epoch, at the path.
  case none(path: String, reason: String)

  /// The file or folder, what was found and what was expected.
  public var description: String {
    switch self {
    case .otherRun(let path, let differences):
      "\(path) is the checkpoint of another training: " + differences.prefix(4).joined(separator: "; ")
        + (differences.count > 4 ? "; and \(counted(differences.count - 4, "more difference"))" : "")
    case .epochs(let path, let begun, let expected):
      "\(path): the training has begun \(counted(begun, "epoch")) already, and epochs is \(expected): it must be "
        + "at least \(begun)"
    case .unusable(let path, let reason): "\(path): \(reason)"
    case .noneWhole(let folder, let damaged):
      "all checkpoints in \(folder) are damaged: " + damaged.joined(separator: "; ")
    case .none(let path, let reason): "\(path): \(reason)"
    case .folder(let path, let reason): "cannot use \(path) for checkpoints: \(reason)"
    }
  }
}
