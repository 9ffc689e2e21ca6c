import Foundation
import Serialization

/// The file of a checkpoint. Files are ordered by age, the oldest first.
struct CheckpointFile: Hashable, Comparable {
  /// The number of steps that the training had made.
  let step: Int
  /// Whether the epoch that ended there was the best so far.
  let isBest: Bool

  private static let (prefix, bestMark, suffix) = ("step-", "-best", ".safetensors")

  init(step: Int, isBest: Bool) {
    self.step = step
    self.isBest = isBest
  }

  /// The file with a name; `nil` when it is not the name of a checkpoint.
  init?(name: String) {
    guard name.hasPrefix(Self.prefix), name.hasSuffix(Self.suffix) else { return nil }
    let middle = name.dropFirst(Self.prefix.count).dropLast(Self.suffix.count)
    let isBest = middle.hasSuffix(Self.bestMark)
    guard let step = Int(isBest ? middle.dropLast(Self.bestMark.count) : middle) else { return nil }
    self.init(step: step, isBest: isBest)
    guard name == self.name else { return nil }
  }

  var name: String {
    let digits = String(step)
    let number = String(repeating: "0", count: max(9 - digits.count, 0)) + digits
    return Self.prefix + number + (isBest ? Self.bestMark : "") + Self.suffix
  }

  static func < (a: CheckpointFile, b: CheckpointFile) -> Bool {
    (a.step, a.isBest ? 1 : 0) < (b.step, b.isBest ? 1 : 0)
  }
}

/// The folder that holds the checkpoints of one training.
struct CheckpointFolder: Sendable {
  let path: String

  init(_ path: String) {
    self.path = path
  }

  /// The checkpoints, the oldest first.
  ///
  /// - Throws: ``CheckpointError`` when there is no folder or it cannot be read.
  func files() throws(CheckpointError) -> [CheckpointFile] {
    do {
      let names = try FileManager.default.contentsOfDirectory(atPath: path)
      return names.compactMap(CheckpointFile.init(name:)).sorted()
    } catch {
      throw .folder(path, reason: error.localizedDescription)
    }
  }

  /// Makes the folder if it does not exist, locks it, and removes unfinished files of killed processes.
  ///
  /// - Returns: the lock. Keep it as long as files are written to the folder.
  /// - Throws: `FolderLockError` when another training uses the folder, ``CheckpointError`` when it cannot be made.
  func prepare() throws -> FolderLock {
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch {
      throw CheckpointError.folder(path, reason: error.localizedDescription)
    }
    let lock = try FolderLock(path)
    removeUnfinishedFiles(in: path)
    return lock
  }

  /// Reads the newest undamaged checkpoint.
  ///
  /// - Parameter limit: the largest file to read, in bytes.
  /// - Returns: its path and content, and the errors of the newer ones; `nil` when there are no checkpoints.
  /// - Throws: ``CheckpointError`` when there are checkpoints and all are damaged.
  func newestWhole(
    limit: Int
  ) throws(CheckpointError) -> (path: String, state: SavedState, damaged: [String])? {
    var damaged: [String] = []
    for file in try files().reversed() {
      let filePath = "\(path)/\(file.name)"
      do {
        return (filePath, try SavedState(contentsOf: filePath, limit: limit), damaged)
      } catch {
        damaged.append("\(error)")
      }
    }
    guard damaged.isEmpty else { throw .noneWhole(folder: path, damaged: damaged) }
    return nil
  }

  /// Writes a checkpoint, then removes those that are no longer needed.
  ///
  /// It keeps the new checkpoint, the `keepLast` - 1 before it, and the newest of the best ones. Checkpoints with more
  /// steps than the new one are damaged (the training was resumed from an earlier one) and are removed.
  func write(_ state: SavedState, as file: CheckpointFile, keepLast: Int) throws {
    try state.write(to: "\(path)/\(file.name)")
    let present = try files()
    let past = present.filter { $0 <= file }
    let kept = Set(past.suffix(keepLast) + past.filter(\.isBest).suffix(1))
    // One that cannot be removed only takes space.
    for file in present where !kept.contains(file) { unlink("\(path)/\(file.name)") }
  }

  /// Removes all checkpoints.
  ///
  /// - Throws: ``CheckpointError`` if one stays, from which a new training would continue.
  func clear() throws(CheckpointError) {
    for file in try files() {
      guard unlink("\(path)/\(file.name)") != 0, errno != ENOENT else { continue }
      let reason = String(cString: strerror(errno))
      throw .folder(path, reason: "\(file.name) cannot be removed: \(reason)")
    }
  }
}
