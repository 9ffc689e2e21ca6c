import Glibc

/// A file that is read in pieces, from any place and on any thread.
///
/// Pieces are copied out of the system's page cache and not mapped into memory: a file that another program cuts short
/// then answers with fewer bytes, where touching a lost page of a mapping would end the process.
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
      // A pipe would otherwise keep `open` waiting for its other end.
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
  /// - Returns: the number of bytes written to `target`; fewer than its length only where the file ends.
  /// - Throws: ``FileError``.
  package func read(at offset: Int, into target: UnsafeMutableRawBufferPointer) throws(FileError) -> Int {
    do throws(FileError.Reason) {
      return try file.read(at: offset, into: target)
    } catch {
      throw FileError(path: path, action: .read, reason: error)
    }
  }
}
