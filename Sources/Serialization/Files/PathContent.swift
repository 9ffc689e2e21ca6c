import Glibc

/// The content at a path, before something is written there. Symbolic links are followed.
package enum PathContent: Hashable, Sendable {
  /// Nothing, or a symbolic link without a target.
  case absent
  /// An empty file.
  case emptyFile
  /// A file with content.
  case file(FileKind)
  /// A folder.
  case folder(isEmpty: Bool)
  /// A device, a pipe or a socket.
  case special

  /// Inspects a path. A file without read permission counts as ``FileKind/binary``, and such a folder as not empty.
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

/// Throws an error if a file of a kind must not replace the content at a path. Call it before the work whose result is
/// written there.
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
