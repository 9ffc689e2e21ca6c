import Foundation
import Glibc
import Serialization
import TestSupport
import Testing

/// Only what a killed writer has left is removed.
@Suite struct TemporaryFilesTests {
  @Test func removesWhatWritersLeftAndNothingElse() throws {
    let folder = try TemporaryFolder()
    let left = [".kilim-123-0a9z", ".kilim-1-3w5e11264sgsf"]
    let others = [
      ".kilim-notes", ".kilim-", ".kilim-12", ".kilim-12-", ".kilim-12-ABC", ".kilim-12-ab.txt", "kilim-12-ab",
      ".kilim-12-ab-cd", ".kilim-x12-ab", ".kilim-12-a b",
    ]
    for name in left + others { try writeAtomically([1], to: folder.path(name)) }
    try FileManager.default.createDirectory(atPath: folder.path(".kilim-5-folder"), withIntermediateDirectories: false)
    symlink("kilim-12-ab", folder.path(".kilim-6-link"))
    removeUnfinishedFiles(in: folder.url.path)
    #expect(try folder.entries().sorted() == (others + [".kilim-5-folder", ".kilim-6-link"]).sorted())
  }

  @Test func keepsTheFileOfALivingWriter() throws {
    let folder = try TemporaryFolder()
    try writeAtomically(to: folder.path("file")) { file in
      removeUnfinishedFiles(in: folder.url.path)
      try [7].withUnsafeBytes { try file.append($0) }
    }
    #expect(try folder.entries() == ["file"])
  }
}
