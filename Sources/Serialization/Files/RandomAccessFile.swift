import Glibc

/// A file that is read in pieces, from any offset and on any thread.
///
/// The pieces are copied, not mapped into memory. If another program truncates the file, a read returns fewer bytes;
/// access to a lost page of a mapping would end the process.
package final class RandomAccessFile: Sendable {
  /// The file, as the caller named it.
  package let path: String
  /// The length of the file when it was opened.
  package let byteCount: Int
  private let file: FileDescriptor

  /// Opens the regular file at `path`.
  ///
  /// - Throws: ``FileError``.
  package init(_ path: String) throws(FileError) {
    do throws(FileError.Reason) {
      // Without this flag, `open` would wait for the other end of a pipe.
      let file = try FileDescriptor(opening: path, flags: O_RDONLY | O_NONBLOCK)
      let status = try file.status()
      try requireRegular(status)
      byteCount = Int(status.st_size)
      self.file = file
    } catch {
      throw FileError(path: path, action: .read, reason: error)
    }
    self.path = path
  }

  /// Fills `target` with the bytes from `offset` on.
  ///
  /// - Returns: the number of bytes written to `target`. It is smaller than the length of `target` only at the end of
  ///   the file.
  /// - Throws: ``FileError``.
  package func read(at offset: Int, into target: UnsafeMutableRawBufferPointer) throws(FileError) -> Int {
    do throws(FileError.Reason) {
      return try file.read(at: offset, into: target)
    } catch {
      throw FileError(path: path, action: .read, reason: error)
    }
  }
}
