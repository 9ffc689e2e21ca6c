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

/// What a path points to, with or without following symbolic links; `nil` if nothing is there.
package func pathKind(_ path: String) -> PathKind? {
  var status = stat()
  guard stat(path, &status) == 0 else { return nil }
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
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    self.init(status)
  }
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

/// The path after following symbolic links, also if the target does not exist yet.
package func followingLink(_ path: String) -> String {
  var path = path
  // The system's limit for a chain of links.
  for _ in 0..<40 {
    var target = [CChar](repeating: 0, count: Int(PATH_MAX))
    let count = readlink(path, &target, target.count)
    guard count > 0 else { return path }
    let text = String(decoding: target[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    path = text.hasPrefix("/") ? text : "\(parent(of: path))/\(text)"
  }
  return path
}
