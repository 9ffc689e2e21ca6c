import Foundation
import Glibc
import Serialization
import TestSupport
import Testing

@Suite struct FileReadingTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test func aFileOverTheLimitIsRefused() throws {
    let path = folder.path("file")
    try writeAtomically([1, 2, 3], to: path)
    let error = #expect(throws: FileError.self) { try readFile(path, limit: 2) }
    #expect(error == FileError(path: path, action: .read, reason: .tooLarge(byteCount: 3, limit: 2)))
  }

  @Test func aMissingFileAndAFolderAreReported() throws {
    let missing = #expect(throws: FileError.self) { try readFile(folder.path("no"), limit: 1) }
    #expect(missing?.reason == .missing)
    let isFolder = #expect(throws: FileError.self) { try readFile(folder.url.path, limit: 1) }
    #expect(isFolder?.reason == .isFolder)
  }

  @Test func aPipeIsRefusedWithoutWaiting() throws {
    mkfifo(folder.path("pipe"), 0o600)
    let error = #expect(throws: FileError.self) { try readFile(folder.path("pipe"), limit: 1) }
    #expect(error?.reason == .notRegular)
  }
}
