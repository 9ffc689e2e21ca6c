import Data
import Foundation
import TestSupport
import Testing

/// A folder that is split already.
@Suite struct ImageFoldersTests {
  private let folder: PhotoFolder
  init() throws { folder = try PhotoFolder(["cat": 3, "dog": 2]) }

  /// Moves photos into parts.
  private func arrange(_ parts: [String: [String]]) throws -> String {
    let root = folder.path + "/parts"
    for (part, names) in parts {
      for name in names {
        let target = "\(root)/\(part)/\(name)"
        try FileManager.default.createDirectory(
          atPath: URL(filePath: target).deletingLastPathComponent().path, withIntermediateDirectories: true)
        try FileManager.default.copyItem(atPath: "\(folder.path)/\(name)", toPath: target)
      }
    }
    return root
  }

  @Test func readsItsParts() throws {
    let root = try arrange(["Train": ["cat/0.png", "cat/1.png", "dog/0.png"], "valid": ["cat/2.png", "dog/1.png"]])
    let cache = folder.path + "/cache"
    let photos = try ImageFolders(root, imageSize: 4, storage: .cache(path: cache))
    #expect(ImageFolders.isSplit(root))
    #expect(photos.classes == ["cat", "dog"] && photos.train.counts == [2, 1])
    #expect(photos.validation?.counts == [1, 1] && photos.test == nil)
    #expect(FileManager.default.fileExists(atPath: cache + "-Train"))
  }

  @Test func refusesWhatIsNotSplit() throws {
    #expect(throws: DatasetError.notParts(path: folder.path, folders: ["cat", "dog"])) {
      try ImageFolders(folder.path, imageSize: 4)
    }
    // Names of parts alone are not enough: these may be classes.
    let classes = try PhotoFolder(["test": 1, "train": 1])
    #expect(!ImageFolders.isSplit(folder.path) && !ImageFolders.isSplit(classes.path))
    let root = try arrange(["train": ["cat/0.png", "dog/0.png"], "test": ["cat/2.png"], "test/emu": ["dog/1.png"]])
    let error = #expect(throws: DatasetError.self) { try ImageFolders(root, imageSize: 4) }
    #expect(
      "\(try #require(error))".hasSuffix("found the classes cat, emu, expected those of the training photos, cat, dog"))
  }
}
