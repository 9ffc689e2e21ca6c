import Glibc

/// Writes `bytes` as the file at `path`, whole or not at all.
///
/// The bytes go to a temporary file in the same folder, which takes the place of `path` in one step once they have
/// reached the disk. Whoever looks at `path` meanwhile, or after a crash or a power cut, finds the old file or the new
/// one, never a part. An old file hands its permissions on; a symbolic link is followed.
///
/// - Parameters:
///   - bytes: the content.
///   - path: where the file shall stand. Its folder must exist.
/// - Throws: ``FileError``; the old file is untouched then, and no temporary file is left.
public func writeAtomically(_ bytes: [UInt8], to path: String) throws {
  try bytes.withUnsafeBytes { try writeAtomically($0, to: path) }
}

/// Writes the bytes in a buffer as the file at `path`, whole or not at all; see the form that takes an array.
///
/// - Parameters:
///   - bytes: the content.
///   - path: where the file shall stand. Its folder must exist.
/// - Throws: ``FileError``; the old file is untouched then, and no temporary file is left.
public func writeAtomically(_ bytes: UnsafeRawBufferPointer, to path: String) throws {
  try writeAtomically(to: path) { file in try file.append(bytes) }
}

/// Writes the file at `path` piece by piece, whole or not at all; see the form that takes an array.
///
/// - Parameters:
///   - path: where the file shall stand. Its folder must exist.
///   - write: appends the pieces to the file it is given.
/// - Throws: ``FileError``, or what `write` throws; the old file is untouched then, and no temporary file is left.
package func writeAtomically(to path: String, _ write: (borrowing FileInTheMaking) throws -> Void) throws {
  do {
    let target = try Target(path)
    let folder = try openFolder(target.folder)
    let temporary = "\(temporaryPrefix)\(getpid())-\(String(UInt64.random(in: .min ... .max), radix: 36))"
    let file = try FileDescriptor(opening: temporary, in: folder, flags: O_WRONLY | O_CREAT | O_EXCL, mode: 0o666)
    do {
      if let permissions = target.permissions { try file.setPermissions(permissions) }
      let inTheMaking = FileInTheMaking(file: file)
      try write(inTheMaking)
      try inTheMaking.file.synchronize()
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

/// A file that is being written and does not bear its name yet.
package struct FileInTheMaking: ~Copyable {
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
  /// The permissions of the file that stands there already.
  let permissions: mode_t?

  init(_ path: String) throws(FileError.Reason) {
    var resolved = path
    if let real = realpath(path, nil) {
      resolved = String(cString: real)
      free(real)
    }
    var status = stat()
    if stat(resolved, &status) == 0 {
      try requireRegular(status)
      permissions = status.st_mode & 0o777
    } else {
      permissions = nil
    }
    // Bytes, since an accent at the beginning of a name joins the slash before it to one `Character`.
    let bytes = resolved.utf8
    let slash = bytes.lastIndex(of: UInt8(ascii: "/"))
    name = String(slash.map { bytes[bytes.index(after: $0)...] } ?? bytes[...]) ?? ""
    folder = slash.flatMap { String(bytes[...$0]) } ?? "."
    if name.isEmpty { throw path.isEmpty ? .missing : .isFolder }
  }
}

private func openFolder(_ path: String) throws(FileError.Reason) -> FileDescriptor {
  do throws(FileError.Reason) {
    return try FileDescriptor(opening: path, flags: O_RDONLY | O_DIRECTORY)
  } catch {
    throw error == .missing || error == .system(ENOTDIR) ? .missingFolder(path) : error
  }
}

/// Makes the new name of a file survive a power cut, on the file systems that can promise it (`EINVAL`: cannot).
private func synchronize(_ folder: borrowing FileDescriptor) throws(FileError.Reason) {
  do throws(FileError.Reason) {
    try folder.synchronize()
  } catch  where error != .system(EINVAL) {
    throw error
  } catch {}
}
