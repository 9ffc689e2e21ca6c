import Downloads
import Foundation
import TestSupport
import Testing

@Suite struct PartialFileTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// Between opening and locking, another process may finish the file and release its lock.
  @Test func aFileThatGotItsWholeNameIsNotLocked() throws {
    let (part, whole) = (folder.path("w.3..part"), folder.path("w"))
    try Foundation.Data([1, 2, 3]).write(to: URL(filePath: part))
    let file = try FileHandle(forUpdating: URL(filePath: part))
    try FileManager.default.moveItem(atPath: part, toPath: whole)
    #expect(throws: HTTPFailure.inUse) { try PartialFile.lock(file, at: part) }
    try Foundation.Data([9]).write(to: URL(filePath: part))
    #expect(throws: HTTPFailure.inUse) { try PartialFile.lock(file, at: part) }
    try PartialFile.lock(file, at: whole)
  }
}
