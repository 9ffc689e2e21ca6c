import Glibc

/// Writes `bytes` as the file at `path`, whole or not at all.
///
/// The bytes are written to a temporary file in the same folder. When they are on the disk, it replaces the file at
/// `path` in one step. So a program that reads `path` meanwhile, or after a crash or a power failure, gets either the
/// old or the new file, never a part. The new file has the permissions of the old one. A symbolic link is followed,
/// also one whose target does not exist yet: the link stays, and the target is written.
///
/// - Parameters:
///   - bytes: the content.
///   - path: the file. Its folder must exist.
///   - replacing: which files may be replaced. By default, only an empty file or a file of the same kind as `bytes`; the
///     first bytes show the kind. For example, a PNG image may replace a PNG image, but not a text.
/// - Throws: ``FileError``; the old file is then unchanged, and no temporary file is left.
public func writeAtomically(_ bytes: [UInt8], to path: String, replacing: ReplacePolicy = .sameKind) throws {
  try bytes.withUnsafeBytes { try writeAtomically($0, to: path, replacing: replacing) }
}

/// Writes the bytes in a buffer as the file at `path`, whole or not at all; see the form that takes an array.
///
/// - Parameters:
///   - bytes: the content.
///   - path: the file. Its folder must exist.
///   - replacing: which files may be replaced.
/// - Throws: ``FileError``; the old file is then unchanged, and no temporary file is left.
public func writeAtomically(
  _ bytes: UnsafeRawBufferPointer, to path: String, replacing: ReplacePolicy = .sameKind
) throws {
  if replacing == .sameKind {
    try requireReplaceable(path, by: FileKind(head: Array(bytes.prefix(FileKind.headByteCount))))
  }
  try writeAtomically(to: path) { file in try file.append(bytes) }
}

/// Writes the file at `path` piece by piece, whole or not at all, and replaces any existing file; see the form that
/// takes an array. To check before whether the file may be replaced, call ``requireReplaceable(_:by:)``.
///
/// - Parameters:
///   - path: the file. Its folder must exist.
///   - write: appends the pieces to the given file.
/// - Throws: ``FileError``, or what `write` throws; the old file is then unchanged, and no temporary file is left.
package func writeAtomically(to path: String, _ write: (borrowing UnfinishedFile) throws -> Void) throws {
  do {
    let target = try Target(path)
    let folder = try openFolder(target.folder)
    let temporary = TemporaryName.random()
    let file = try FileDescriptor(opening: temporary, in: folder, flags: O_WRONLY | O_CREAT | O_EXCL, mode: 0o666)
    file.lock()
    do {
      if let permissions = target.permissions { try file.setPermissions(permissions) }
      let unfinished = UnfinishedFile(file: file)
      try write(unfinished)
      try unfinished.file.synchronize()
      try folder.rename(temporary, to: target.name)
    } catch {
      folder.remove(temporary)
      throw error
    }
    try synchronize(folder)
  } catch let reason as FileError.Reason {
    throw FileError(path: path, action: .write, reason: reason)
  }
}

/// Throws an error if a file of a kind cannot be written at a path: its folder does not exist, or a file of another kind
/// must not be replaced. Call it before the work whose result is written there.
package func requireWritable(_ path: String, by kind: FileKind) throws(FileError) {
  try requireReplaceable(path, by: kind)
  do throws(FileError.Reason) {
    _ = try openFolder(Target(path).folder)
  } catch {
    throw FileError(path: path, action: .write, reason: error)
  }
}

/// Throws an error if the folder that a path begins with does not exist: `models` for `models/best`, also where the name of
/// the file is not known yet.
package func requireFolder(of path: String) throws(FileError) {
  do throws(FileError.Reason) {
    _ = try openFolder(split(path).folder)
  } catch {
    throw FileError(path: path, action: .write, reason: error)
  }
}

/// A file that is being written under a temporary name.
package struct UnfinishedFile: ~Copyable {
  fileprivate let file: FileDescriptor

  /// Adds `bytes` at the end.
  package func append(_ bytes: UnsafeRawBufferPointer) throws {
    try file.write(bytes)
  }
}

/// The place of a file that is about to be written.
private struct Target {
  let folder: String
  let name: String
  /// The permissions of the file that is there already.
  let permissions: mode_t?

  init(_ path: String) throws(FileError.Reason) {
    let resolved = try linkTarget(of: path)
    var status = stat()
    if stat(resolved, &status) == 0 {
      try requireRegular(status)
      permissions = status.st_mode & 0o777
    } else {
      permissions = nil
    }
    (folder, name) = split(resolved)
    if name.isEmpty { throw path.isEmpty ? .missing : .isFolder }
  }
}

/// The folder and the name that a path consists of.
private func split(_ path: String) -> (folder: String, name: String) {
  // Bytes are compared, because a slash and an accent at the beginning of a name form a single `Character`.
  guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return (".", path) }
  let next = path.utf8.index(after: slash)
  return (String(decoding: path.utf8[..<next], as: UTF8.self), String(decoding: path.utf8[next...], as: UTF8.self))
}

private func openFolder(_ path: String) throws(FileError.Reason) -> FileDescriptor {
  do throws(FileError.Reason) {
    return try FileDescriptor(opening: path, flags: O_RDONLY | O_DIRECTORY)
  } catch {
    throw error == .missing || error == .system(ENOTDIR) ? .missingFolder(path) : error
  }
}

/// Makes sure that the new name of a file survives a power failure. File systems that cannot do this answer `EINVAL`.
private func synchronize(_ folder: borrowing FileDescriptor) throws(FileError.Reason) {
  do throws(FileError.Reason) {
    try folder.synchronize()
  } catch  where error != .system(EINVAL) {
    throw error
  } catch {}
}
