import Glibc

/// What a path leads to.
enum PathKind {
  /// A regular file.
  case file
  /// A folder.
  case folder
  /// A device, a pipe or a socket.
  case other
}

/// What a path leads to, by symbolic links or without; `nil` when nothing is there.
func pathKind(_ path: String) -> PathKind? {
  var status = stat()
  guard stat(path, &status) == 0 else { return nil }
  return switch status.st_mode & S_IFMT {
  case S_IFREG: .file
  case S_IFDIR: .folder
  default: .other
  }
}

/// What makes a file or a folder the same, whatever path leads to it.
struct FileIdentity: Hashable {
  private let device: dev_t
  private let number: ino_t

  /// Of what a path leads to; `nil` when nothing is there.
  init?(_ path: String) {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    (device, number) = (status.st_dev, status.st_ino)
  }
}

/// The path of the folder that a path stands in: `.` for a name alone.
func parent(of path: String) -> String {
  let bytes = path.utf8
  var rest = bytes[...]
  while rest.count > 1, rest.last == UInt8(ascii: "/") { rest = rest.dropLast() }
  guard let slash = rest.lastIndex(of: UInt8(ascii: "/")) else { return "." }
  rest = rest[..<slash]
  return rest.isEmpty ? "/" : String(Substring(rest))
}

/// Where a path leads: the target of a symbolic link, also of one to a file that does not exist yet.
func followingLink(_ path: String) -> String {
  var path = path
  // The limit of the system for links one behind the other.
  for _ in 0..<40 {
    var target = [CChar](repeating: 0, count: Int(PATH_MAX))
    let count = readlink(path, &target, target.count)
    guard count > 0 else { return path }
    let text = String(decoding: target[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    path = text.hasPrefix("/") ? text : "\(parent(of: path))/\(text)"
  }
  return path
}
