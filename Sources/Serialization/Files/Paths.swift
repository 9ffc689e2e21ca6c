import Glibc

/// What a path points to.
package enum PathKind {
  /// A regular file.
  case file
  /// A folder.
  case folder
  /// A device, a pipe or a socket.
  case other
}

/// What the system says of the file or folder that a path points to, after following symbolic links; `nil` if nothing is
/// there. A path with a zero byte leads nowhere: the system would read it up to that byte.
package func fileStatus(_ path: String) -> stat? {
  guard !path.utf8.contains(0) else { return nil }
  var status = stat()
  return stat(path, &status) == 0 ? status : nil
}

/// What a path points to, after following symbolic links; `nil` if nothing is there.
package func pathKind(_ path: String) -> PathKind? {
  guard let status = fileStatus(path) else { return nil }
  return switch status.st_mode & S_IFMT {
  case S_IFREG: .file
  case S_IFDIR: .folder
  default: .other
  }
}

/// The identity of a file or folder. It is the same for all paths to it.
package struct FileIdentity: Hashable {
  private let device: dev_t
  private let number: ino_t

  /// The identity of a file or folder of which the system said this.
  package init(_ status: stat) {
    (device, number) = (status.st_dev, status.st_ino)
  }

  /// The identity of the file or folder at a path; `nil` if nothing is there.
  package init?(_ path: String) {
    guard let status = fileStatus(path) else { return nil }
    self.init(status)
  }
}

/// The path of an entry of a folder.
package func join(_ folder: String, _ name: String) -> String {
  folder.hasSuffix("/") ? folder + name : "\(folder)/\(name)"
}

/// The path of the folder that contains a path: `.` for a name without a folder.
package func parent(of path: String) -> String {
  let bytes = path.utf8
  var rest = bytes[...]
  while rest.count > 1, rest.last == UInt8(ascii: "/") { rest = rest.dropLast() }
  guard let slash = rest.lastIndex(of: UInt8(ascii: "/")) else { return "." }
  rest = rest[..<slash]
  return rest.isEmpty ? "/" : String(Substring(rest))
}

/// The path after following symbolic links, also if the target does not exist yet. A link that cannot be followed is its own
/// target.
package func followingLink(_ path: String) -> String {
  (try? linkTarget(of: path)) ?? path
}

/// The path that a symbolic link points to, even if no file exists there. Any other path is its own target.
///
/// - Throws: a chain of too many links; a target that is not UTF-8.
func linkTarget(of path: String) throws(FileError.Reason) -> String {
  var resolved = path
  // Linux follows the same number of links.
  for _ in 0..<40 {
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
    let count = readlink(resolved, &buffer, buffer.count)
    if count < 0 { return resolved }
    let bytes = buffer[..<count].map { UInt8(bitPattern: $0) }
    guard let target = String(validating: bytes, as: UTF8.self) else { throw .system(EILSEQ) }
    // Bytes are compared: a slash and an accent at the beginning of a name form a single `Character`.
    resolved = target.utf8.first == UInt8(ascii: "/") ? target : "\(parent(of: resolved))/\(target)"
  }
  throw .system(ELOOP)
}
