import Glibc
import Kilim

/// A file that a command is asked to write. Made before the work begins, so that nothing is computed in vain.
struct OutputFile {
  /// Where the file shall stand, as the user named it.
  let path: String

  /// Checks that the file can be written.
  ///
  /// - Parameters:
  ///   - path: where it shall stand.
  ///   - option: the option that names it.
  ///   - overwrite: whether a file that is there may be replaced.
  ///   - data: the folder of photos that is read; the output may not lie in it.
  /// - Throws: ``OutputFileError``.
  init(_ path: String, option: String = "--output", overwrite: Bool, outside data: String? = nil) throws {
    self.path = path
    func refuse(_ reason: String) -> OutputFileError { OutputFileError(option: option, path: path, reason: reason) }
    if path.isEmpty { throw refuse("the name is empty") }
    switch pathKind(path) {
    case .folder: throw refuse("it is a folder; name a file")
    case .other: throw refuse("it is not a regular file")
    case .file where !overwrite: throw refuse("the file exists already; add --overwrite to replace it")
    case .file, nil: break
    }
    if path.hasSuffix("/") { throw refuse("it is the name of a folder; name a file") }
    if let data, PhotoTree(data).contains(path) {
      throw refuse("it lies in the folder of photos \"\(data)\", and would be read as one of them; name another place")
    }
    if let reason = obstacle(toWritingAt: followingLink(path)) { throw refuse(reason) }
  }
}

extension OutputFile {
  /// Writes the file. One that is there already, of whatever kind, is replaced in one step: the user has asked for it.
  ///
  /// - Parameter write: writes a new file at the path it is given, which ends as that of this file does.
  func write(_ write: (String) throws -> Void) throws {
    let target = followingLink(path)
    guard pathKind(target) != nil else { return try write(path) }
    let name = target.utf8.split(separator: UInt8(ascii: "/")).last.flatMap { String(Substring($0)) } ?? ""
    let new = "\(parent(of: target))/.kilim-\(getpid())-\(name)"
    do {
      try write(new)
      guard rename(new, target) == 0 else {
        throw OutputFileError(option: "--output", path: path, reason: String(cString: strerror(errno)))
      }
    } catch {
      unlink(new)
      throw error
    }
  }
}

/// A file that cannot be written.
struct OutputFileError: Error, CustomStringConvertible {
  /// The option that names the file.
  let option: String
  /// The file, as the user named it.
  let path: String
  /// What stands in the way, and what the user can do.
  let reason: String

  /// A sentence for the user.
  var description: String { "cannot write \(option) \"\(path)\": \(reason)" }
}

/// Why no file can be written at a path, found out by making one beside it; `nil` when it can.
func obstacle(toWritingAt path: String) -> String? {
  var status = stat()
  // A name that is too long, or a file in the place of a folder.
  if lstat(path, &status) != 0, errno != ENOENT { return String(cString: strerror(errno)) }
  let folder = parent(of: path)
  switch pathKind(folder) {
  case nil: return "the folder \"\(folder)\" does not exist"
  case .folder: break
  default: return "\"\(folder)\" is not a folder"
  }
  // Asking for permissions is not enough: a file system may be read-only or full, or a user may do anything.
  let trial = "\(folder)/.kilim-\(getpid())-trial"
  let file = open(trial, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
  guard file >= 0 else { return String(cString: strerror(errno)) }
  close(file)
  unlink(trial)
  return nil
}
