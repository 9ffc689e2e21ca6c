import Data
import Testing

/// Folders whose names are lists of classes.
@Suite struct FolderPhotosTests {
  @Test func namesOfFoldersAreLists() throws {
    let folder = try PhotoFolder(["cat+small": 2, "dog": 1, "small+dog": 1])
    let source = try FolderPhotos(folder.path, separator: "+")
    #expect(source.count == 4)
    #expect((0..<4).map(source.target) == [["cat", "small"], ["cat", "small"], ["dog"], ["small", "dog"]])
    let photos = try PhotoSet(source, imageSize: 4).images
    #expect(photos.targetMeaning == .severalClasses(names: ["cat", "dog", "small"]))
    #expect(try photos.batch([0, 2, 3]).targets.scalars == [1, 0, 1, 0, 1, 0, 0, 1, 1])
    let wider = try PhotoSet(
      FolderPhotos(folder.path, separator: "+", classes: ["small", "emu", "dog", "cat"]), imageSize: 4)
    #expect(wider.images.counts == [3, 0, 2, 2])
  }

  @Test func emptyNamesAreRefused() throws {
    let folder = try PhotoFolder(["cat+": 1, "dog": 1])
    #expect(throws: DatasetError.emptyPartOfName(path: folder.path + "/cat+", "+")) {
      try FolderPhotos(folder.path, separator: "+")
    }
    #expect(throws: DatasetError.self) { try FolderPhotos(folder.path + "/none", separator: "+") }
  }
}
