import Glibc
import Tensor

/// Locks a folder for one owner at a time. A second owner, in this or another process, gets an error.
///
/// The lock is a system lock (`flock`) on the file ``fileName`` in the folder, which contains the process number of the
/// owner. ``release()`` unlocks the folder; the system does the same when the process ends in any way. The file is
/// removed with the lock. If a killed process has left the file, the next owner uses it. On a file system without
/// locks, every owner is accepted.
package final class FolderLock: Sendable {
  /// The name of the file.
  package static let fileName = ".kilim.lock"

  private let path: String
  private let descriptor: Lock<Int32?>

  /// Locks a folder, which must exist.
  ///
  /// - Throws: ``FolderLockError`` when the folder has another owner, ``FileError`` when the file cannot be made.
  package init(_ folder: String) throws {
    path = "\(folder)/\(Self.fileName)"
    let descriptor: Int32?
    do throws(FileError.Reason) {
      descriptor = try Self.lock(path)
    } catch {
      throw FileError(path: path, action: .write, reason: error)
    }
    guard let descriptor else { throw FolderLockError(folder: folder, process: Self.owner(in: path)) }
    self.descriptor = Lock(descriptor)
  }

  deinit { release() }

  /// Unlocks the folder. A second call does nothing.
  package func release() {
    descriptor.withLock { descriptor in
      guard let number = descriptor else { return }
      unlink(path)
      close(number)
      descriptor = nil
    }
  }

  /// Opens and locks the file, and writes the number of this process into it; `nil` when it is locked already.
  private static func lock(_ path: String) throws(FileError.Reason) -> Int32? {
    while true {
      let number = try checked { open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o666) }
      if flock(number, LOCK_EX | LOCK_NB) != 0, errno == EWOULDBLOCK {
        close(number)
        return nil
      }
      // The former owner may have removed the file after it was opened here. Then the lock would be on a removed file.
      var (opened, present) = (stat(), stat())
      if fstat(number, &opened) == 0, stat(path, &present) == 0, opened.st_ino == present.st_ino,
        opened.st_dev == present.st_dev
      {
        let text = Array("\(getpid())\n".utf8)
        ftruncate(number, 0)
        pwrite(number, text, text.count, 0)
        return number
      }
      close(number)
    }
  }

  /// The process number in the file; `nil` when there is none.
  private static func owner(in path: String) -> Int? {
    guard let bytes = try? readFile(path, limit: 32) else { return nil }
    return Int(String(decoding: bytes.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self))
  }
}

/// A folder that is in use.
public struct FolderLockError: Error, Equatable, CustomStringConvertible {
  /// The folder.
  public let folder: String
  /// The number of the process that uses it, if it is known.
  public let process: Int?

  /// The folder and the process.
  public var description: String {
    let owner =
      switch process {
      case Int(getpid()): "this program (process \(getpid()))"
      case let process?: "another program (process \(process))"
      case nil: "another program"
      }
    return "the folder \"\(folder)\" is in use by \(owner): wait until it ends, or use another folder"
  }
}
