import Glibc

/// What is at a path, before something is written there. Symbolic links are followed.
package enum PathContent: Hashable, Sendable {
  /// Nothing, or a symbolic link that leads nowhere.
  case absent
  /// A file of no bytes.
  case emptyFile
  /// A file that holds something.
  case file(FileKind)
  /// A folder.
  case folder(isEmpty: Bool)
  /// A device, a pipe or a socket.
  case special

  /// Looks at a path. A file that may not be read counts as ``FileKind/binary``, and a folder as not empty.
  package init(_ path: String) {
    var status = stat()
    guard stat(path, &status) == 0 else {
      self = .absent
      return
    }
    switch status.st_mode & S_IFMT {
    case S_IFDIR:
      self = .folder(isEmpty: Self.isEmptyFolder(path))
    case S_IFREG where status.st_size == 0:
      self = .emptyFile
    case S_IFREG:
      self = .file(Self.head(of: path).map(FileKind.init) ?? .binary)
    default:
      self = .special
    }
  }

  private static func head(of path: String) -> [UInt8]? {
    try? FileDescriptor(opening: path, flags: O_RDONLY | O_NONBLOCK).read(upTo: FileKind.headByteCount)
  }

  private static func isEmptyFolder(_ path: String) -> Bool {
    guard let folder = opendir(path) else { return false }
    defer { closedir(folder) }
    while let entry = readdir(folder) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { Array($0.prefix { $0 != 0 }) }
      if name != [UInt8(ascii: ".")], name != [UInt8(ascii: "."), UInt8(ascii: ".")] { return false }
    }
    return true
  }
}

/// Which files a writer may replace. A folder, a device, a pipe or a socket is never replaced.
public enum ReplacePolicy: Sendable {
  /// An empty file, and a file of the same kind as the new content, such as a PNG image by a PNG image.
  case sameKind
  /// Every file: for a path whose replacement the user asked for.
  case anyFile
}

/// Refuses a path that a file of a kind must not replace: to be asked before the work whose result is written there.
///
/// - Throws: ``FileError`` when the path holds a folder, a device, or a file of another kind.
package func requireReplaceable(_ path: String, by kind: FileKind) throws(FileError) {
  let reason: FileError.Reason? =
    switch PathContent(path) {
    case .absent, .emptyFile: nil
    case .file(let found): found == kind ? nil : .holdsOther(found: "\(found)", expected: "\(kind)")
    case .folder: .isFolder
    case .special: .notRegular
    }
  if let reason { throw FileError(path: path, action: .write, reason: reason) }
}
