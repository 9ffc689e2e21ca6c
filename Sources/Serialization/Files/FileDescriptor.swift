import Glibc

/// An open file of the operating system. It is closed when this value goes out of scope.
struct FileDescriptor: ~Copyable {
  private let number: Int32

  /// Opens `name`, relative to `folder` when there is one.
  ///
  /// - Throws: the value of `errno` as a ``FileError/Reason``.
  init(opening name: String, in folder: borrowing FileDescriptor, flags: Int32, mode: mode_t) throws(FileError.Reason) {
    number = try checked { openat(folder.number, name, flags | O_CLOEXEC, mode) }
  }

  /// Makes a new file at `path`.
  init(creating path: String) throws(FileError.Reason) {
    number = try checked { open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666) }
  }

  /// Opens the file or folder at `path`.
  init(opening path: String, flags: Int32) throws(FileError.Reason) {
    number = try checked { open(path, flags | O_CLOEXEC) }
  }

  deinit { close(number) }

  /// Kind, size and permissions of the open file.
  func status() throws(FileError.Reason) -> stat {
    var status = stat()
    _ = try checked { fstat(number, &status) }
    return status
  }

  /// Reads `byteCount` bytes; fewer only at the end of the file.
  func read(upTo byteCount: Int) throws(FileError.Reason) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: byteCount)
    var done = 0
    try bytes.withUnsafeMutableBufferPointer { buffer throws(FileError.Reason) in
      while done < byteCount {
        let rest = UnsafeMutableBufferPointer(rebasing: buffer[done...])
        let count = try checked { Glibc.read(number, rest.baseAddress, rest.count) }
        if count == 0 { break }
        done += count
      }
    }
    bytes.removeLast(byteCount - done)
    return bytes
  }

  /// Fills `target` with the bytes from `offset` on, and returns their number. It is smaller only at the end of the
  /// file.
  func read(at offset: Int, into target: UnsafeMutableRawBufferPointer) throws(FileError.Reason) -> Int {
    var done = 0
    while done < target.count {
      let rest = UnsafeMutableRawBufferPointer(rebasing: target[done...])
      let count = try checked { pread(number, rest.baseAddress, rest.count, off_t(offset + done)) }
      if count == 0 { break }
      done += count
    }
    return done
  }

  /// Writes all of `bytes`.
  func write(_ bytes: UnsafeRawBufferPointer) throws(FileError.Reason) {
    var rest = bytes
    while !rest.isEmpty {
      let count = try checked { Glibc.write(number, rest.baseAddress, rest.count) }
      rest = UnsafeRawBufferPointer(rebasing: rest[count...])
    }
  }

  /// Gives the file the permissions `mode`.
  func setPermissions(_ mode: mode_t) throws(FileError.Reason) {
    _ = try checked { fchmod(number, mode) }
  }

  /// Marks the file as being written, until it is closed: see ``removeUnfinishedFiles(in:)``.
  func lock() {
    flock(number, LOCK_EX | LOCK_NB)
  }

  /// Waits until what was written has reached the disk.
  func synchronize() throws(FileError.Reason) {
    _ = try checked { fsync(number) }
  }

  /// Renames the entry `old` of this folder to `new`, and replaces an existing entry with that name.
  func rename(_ old: String, to new: String) throws(FileError.Reason) {
    _ = try checked { renameat(number, old, number, new) }
  }

  /// Removes the entry `name` of this folder.
  func remove(_ name: String) {
    unlinkat(number, name, 0)
  }
}

/// Runs a system call, repeats it if a signal interrupts it, and throws the reason if it returns -1.
package func checked<Result: SignedInteger>(_ call: () -> Result) throws(FileError.Reason) -> Result {
  while true {
    let result = call()
    if result != -1 { return result }
    if errno != EINTR { throw FileError.Reason(errno: errno) }
  }
}
