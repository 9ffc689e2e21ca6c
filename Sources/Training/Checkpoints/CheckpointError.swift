/// Why a training cannot go on from a checkpoint.
public enum CheckpointError: Error, Equatable, CustomStringConvertible {
  /// The checkpoint is of a training that differs in what decides on the result.
  case otherRun(path: String, differences: [String])
  /// The checkpoint has more finished epochs than are asked for.
  case epochs(path: String, finished: Int, expected: Int)
  /// The checkpoint is whole, and its content is not what a training needs.
  case unusable(path: String, reason: String)
  /// There are checkpoints, and all of them are damaged.
  case noneWhole(folder: String, damaged: [String])
  /// The folder cannot be made or read.
  case folder(String, reason: String)

  /// The file or folder, what was found and what was expected.
  public var description: String {
    switch self {
    case .otherRun(let path, let differences):
      "\(path) is the checkpoint of another training: " + differences.prefix(4).joined(separator: "; ")
        + (differences.count > 4 ? "; and \(differences.count - 4) more differences" : "")
    case .epochs(let path, let finished, let expected):
      "\(path) has \(finished) finished epochs, only \(expected) are asked for"
    case .unusable(let path, let reason): "\(path): \(reason)"
    case .noneWhole(let folder, let damaged):
      "no checkpoint in \(folder) is whole: " + damaged.joined(separator: "; ")
    case .folder(let path, let reason): "cannot use \(path) for checkpoints: \(reason)"
    }
  }
}
