import Foundation
import Glibc
import Serialization
import TestSupport
import Testing

@Suite struct AtomicWritingTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  @Test(arguments: [0, 1, 4096, 3_000_001])
  func whatIsWrittenIsRead(byteCount: Int) throws {
    let bytes = (0..<byteCount).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    let path = folder.path("file")
    try writeAtomically(bytes, to: path)
    #expect(try readFile(path, limit: byteCount) == bytes)
    #expect(try folder.entries() == ["file"])
  }

  @Test func anOldFileIsReplacedAndKeepsItsPermissions() throws {
    let path = folder.path("file")
    try writeAtomically([1, 2, 3], to: path)
    chmod(path, 0o640)
    try writeAtomically([4], to: path)
    var status = stat()
    #expect(stat(path, &status) == 0 && status.st_mode & 0o777 == 0o640)
    #expect(try readFile(path, limit: 10) == [4])
  }

  @Test func aSymbolicLinkStaysOne() throws {
    try writeAtomically([1], to: folder.path("real"))
    symlink("real", folder.path("link"))
    try writeAtomically([2], to: folder.path("link"))
    #expect(try readFile(folder.path("real"), limit: 10) == [2])
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: folder.path("link")) == "real")
  }

  /// A link whose target does not exist yet is followed as one whose target exists.
  @Test(arguments: ["new", "./new", "sub/new", "ABSOLUTE"])
  func aDanglingLinkIsFollowed(target: String) throws {
    try FileManager.default.createDirectory(atPath: folder.path("sub"), withIntermediateDirectories: false)
    let file = folder.path(target == "ABSOLUTE" ? "new" : target)
    let link = target == "ABSOLUTE" ? file : target
    symlink(link, folder.path("link"))
    symlink("link", folder.path("link to a link"))
    try writeAtomically([2], to: folder.path("link to a link"))
    #expect(try readFile(file, limit: 10) == [2])
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: folder.path("link")) == link)
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: folder.path("link to a link")) == "link")
  }

  @Test func linksThatLeadNowhereAreReported() throws {
    symlink("circle", folder.path("circle"))
    symlink("no folder/file", folder.path("lost"))
    let circle = #expect(throws: FileError.self) { try writeAtomically([1], to: folder.path("circle")) }
    #expect(circle?.reason == .system(ELOOP))
    let lost = #expect(throws: FileError.self) { try writeAtomically([1], to: folder.path("lost")) }
    #expect(lost.map { "\($0)" }?.contains("does not exist") == true)
  }

  @Test func aNameWithoutFolderIsWrittenIntoTheCurrentOne() throws {
    let name = "kilim-\(UUID().uuidString)"
    defer { unlink(name) }
    try writeAtomically([7], to: name)
    #expect(try readFile(name, limit: 1) == [7])
  }

  @Test func aMissingFolderIsNamed() throws {
    let path = folder.path("no/file")
    let error = #expect(throws: FileError.self) { try writeAtomically([1], to: path) }
    #expect(error == FileError(path: path, action: .write, reason: .missingFolder(folder.path("no") + "/")))
    #expect(error.map { "\($0)" }?.contains("does not exist") == true)
  }

  @Test func aFileInPlaceOfTheFolderIsAMissingFolder() throws {
    try writeAtomically([1], to: folder.path("file"))
    let error = #expect(throws: FileError.self) { try writeAtomically([1], to: folder.path("file/x")) }
    #expect(error?.reason == .missingFolder(folder.path("file") + "/"))
  }

  @Test func aFolderIsNotReplaced() throws {
    for path in [folder.url.path, folder.url.path + "/"] {
      let error = #expect(throws: FileError.self) { try writeAtomically([1], to: path) }
      #expect(error?.reason == .isFolder)
    }
  }

  @Test func aDeviceIsNotReplaced() {
    let error = #expect(throws: FileError.self) { try writeAtomically([1], to: "/dev/null") }
    #expect(error?.reason == .notRegular)
  }

  @Test(.enabled(if: geteuid() != 0, "root writes everywhere"))
  func aReadOnlyFolderIsReported() throws {
    chmod(folder.url.path, 0o500)
    defer { chmod(folder.url.path, 0o700) }
    let error = #expect(throws: FileError.self) { try writeAtomically([1], to: folder.path("file")) }
    #expect(error?.reason == .permissionDenied)
  }

  /// A limit on the size of files stands in for a full disk: the write fails in the middle.
  @Test func aFailedWriteLeavesTheOldFileAndNothingElse() async {
    await #expect(processExitsWith: .success) {
      let folder = try TemporaryFolder()
      try writeAtomically([1, 2, 3], to: folder.path("file"))
      signal(SIGXFSZ, SIG_IGN)
      var limit = rlimit(rlim_cur: 1000, rlim_max: 1000)
      try #require(setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit) == 0)
      let error = #expect(throws: FileError.self) {
        try writeAtomically([UInt8](repeating: 9, count: 5000), to: folder.path("file"))
      }
      try #require(error?.reason == .system(EFBIG))
      try #require(try readFile(folder.path("file"), limit: 10) == [1, 2, 3])
      try #require(try folder.entries() == ["file"])
    }
  }

  @Test func piecesMakeOneFile() throws {
    let path = folder.path("file")
    try writeAtomically(to: path) { file in
      for piece in [[1, 2], [], [3]] as [[UInt8]] { try piece.withUnsafeBytes { try file.append($0) } }
    }
    #expect(try readFile(path, limit: 10) == [1, 2, 3])
    let file = try RandomAccessFile(path)
    #expect(file.byteCount == 3)
    var part: [UInt8] = [0, 0, 0, 0]
    #expect(try part.withUnsafeMutableBytes { try file.read(at: 1, into: $0) } == 2)
    #expect(part == [2, 3, 0, 0])
  }

  @Test func anErrorBetweenPiecesLeavesTheOldFile() throws {
    struct GaveUp: Error {}
    let path = folder.path("file")
    try writeAtomically([9], to: path)
    #expect(throws: GaveUp.self) {
      try writeAtomically(to: path) { file in
        try [UInt8](repeating: 1, count: 100).withUnsafeBytes { try file.append($0) }
        throw GaveUp()
      }
    }
    #expect(try readFile(path, limit: 10) == [9])
    #expect(try folder.entries() == ["file"])
  }
}
