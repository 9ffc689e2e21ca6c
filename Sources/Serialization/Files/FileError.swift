import Glibc

/// Why a file could not be read or written.
public struct FileError: Error, Equatable, Sendable {
  /// What was attempted.
  public enum Action: String, Sendable {
    case read, write
  }

  /// What went wrong.
  public enum Reason: Error, Equatable {
    /// There is no file at the path.
    case missing
    /// The folder that should hold the file does not exist.
    case missingFolder(String)
    /// The path names a folder.
    case isFolder
    /// The path names neither a file nor a folder, but a device, a pipe or a socket.
    case notRegular
    /// The file holds something of another kind than the new content.
    case holdsOther(found: String, expected: String)
    /// The user may not read the file, or not write into its folder.
    case permissionDenied
    /// The file system is mounted read-only.
    case readOnly
    /// The disk, or the user's share of it, is full.
    case noSpace
    /// The file holds more bytes than the reader allows.
    case tooLarge(byteCount: Int, limit: Int)
    /// Another error of the operating system: a value of `errno`.
    case system(Int32)
  }

  /// The file, as the caller named it.
  public let path: String
  /// What was attempted.
  public let action: Action
  /// What went wrong.
  public let reason: Reason

  /// Makes the error for one file.
  public init(path: String, action: Action, reason: Reason) {
    self.path = path
    self.action = action
    self.reason = reason
  }
}

extension FileError: CustomStringConvertible {
  /// One sentence that names the action, the file and the reason.
  public var description: String {
    "cannot \(action) \"\(path)\": \(reason)"
  }
}

extension FileError.Reason: CustomStringConvertible {
  /// The reason in a few words.
  public var description: String {
    switch self {
    case .missing: "there is no such file"
    case .missingFolder(let folder): "the folder \"\(folder)\" does not exist"
    case .isFolder: "it is a folder"
    case .notRegular: "it is not a regular file"
    case .holdsOther(let found, let expected):
      "it holds \(found), and only \(expected) may be replaced there; remove the file or choose another path"
    case .permissionDenied: "permission denied"
    case .readOnly: "the file system is read-only"
    case .noSpace: "no space is left on the disk"
    case .tooLarge(let byteCount, let limit): "it holds \(byteCount) bytes, and at most \(limit) are read"
    case .system(let code): String(cString: strerror(code))
    }
  }

  /// Translates a value of `errno`.
  package init(errno code: Int32) {
    self =
      switch code {
      case ENOENT: .missing
      case EISDIR: .isFolder
      case EACCES, EPERM: .permissionDenied
      case EROFS: .readOnly
      case ENOSPC, EDQUOT: .noSpace
      default: .system(code)
      }
  }
}
