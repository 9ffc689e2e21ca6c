import Foundation
import Serialization
import TestSupport
import Testing

/// A folder has one owner at a time.
@Suite struct FolderLockTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test func aSecondOwnerIsRefused() throws {
    let lock = try FolderLock(folder.url.path)
    let error = #expect(throws: FolderLockError.self) { try FolderLock(folder.url.path) }
    #expect(error?.folder == folder.url.path)
    #expect(error?.process == Int(getpid()))
    #expect("\(try #require(error))".contains("in use by this program (process \(getpid()))"))
    lock.release()
    lock.release()
    #expect(try folder.entries() == [])
    let next = try FolderLock(folder.url.path)
    withExtendedLifetime(next) {}
  }

  @Test func goingAwayReleases() throws {
    do { _ = try FolderLock(folder.url.path) }
    #expect(throws: Never.self) { _ = try FolderLock(folder.url.path) }
  }

  @Test func anotherProcessIsNamed() async throws {
    let lock = try FolderLock(folder.url.path)
    await #expect(processExitsWith: .success) { [path = folder.url.path as String] in
      let error = #expect(throws: FolderLockError.self) { try FolderLock(path) }
      #expect(error?.process == Int(getppid()))
      let message = error.map { "\($0)" } ?? ""
      #expect(message.contains("in use by another program (process \(getppid()))"))
    }
    lock.release()
  }

  /// The system releases the lock; the file with the number of the killed process is taken over.
  @Test func aKilledOwnerLeavesNoLock() async throws {
    await #expect(processExitsWith: .signal(SIGKILL)) { [path = folder.url.path as String] in
      let lock = try FolderLock(path)
      withExtendedLifetime(lock) { _ = kill(getpid(), SIGKILL) }
    }
    #expect(try folder.entries() == [FolderLock.fileName])
    let lock = try FolderLock(folder.url.path)
    #expect(try readFile(folder.path(FolderLock.fileName), limit: 32) == Array("\(getpid())\n".utf8))
    lock.release()
  }

  @Test func aMissingFolderIsReported() {
    #expect(throws: FileError.self) { try FolderLock(folder.path("missing")) }
  }
}
