import Glibc

/// Reads the whole file at `path`.
///
/// - Parameters:
///   - path: a regular file.
///   - limit: the largest file to read, in bytes; a larger one is refused before memory is allocated.
/// - Returns: the bytes of the file.
/// - Throws: ``FileError``.
public func readFile(_ path: String, limit: Int) throws -> [UInt8] {
  do throws(FileError.Reason) {
    // Without this flag, `open` would wait for the other end of a pipe.
    let file = try FileDescriptor(opening: path, flags: O_RDONLY | O_NONBLOCK)
    let status = try file.status()
    try requireRegular(status)
    let byteCount = Int(status.st_size)
    if byteCount > limit { throw .tooLarge(byteCount: byteCount, limit: limit) }
    return try file.read(upTo: byteCount)
  } catch {
    throw FileError(path: path, action: .read, reason: error)
  }
}

/// Throws an error unless this is a regular file.
func requireRegular(_ status: stat) throws(FileError.Reason) {
  switch status.st_mode & S_IFMT {
  case S_IFREG: return
  case S_IFDIR: throw .isFolder
  default: throw .notRegular
  }
}
