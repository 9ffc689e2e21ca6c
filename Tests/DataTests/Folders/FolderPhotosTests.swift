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

  @Test func mistakesAreHinted() throws {
    let spaced = try PhotoFolder(["red + Blue": 1, "red+blue": 1])
    let set = try PhotoSet(FolderPhotos(spaced.path, separator: "+"), imageSize: 4)
    #expect(set.classes == ["Blue", "blue", "red"])
    #expect(set.hints.count == 1 && set.hints.allSatisfy { $0.contains("\"Blue\", \"blue\"") }, "\(set.hints)")
    let single = try FolderPhotos(spaced.path, separator: "|")
    #expect(single.hints.count == 1 && single.hints.allSatisfy { $0.contains("separator \"|\"") })
    let given = try FolderPhotos(spaced.path, separator: "+", classes: ["red", "blue"])
    let error = DatasetError.unusableTargets(
      path: spaced.path + "/red + Blue", found: "the class \"Blue\"", expected: "one of red, blue")
    #expect(throws: error) { try given.targets() }
  }

  /// Case, a no-break space, an accent in two code points, and an invisible character.
  @Test(arguments: [("Hat", "hat"), ("red hat", "red\u{A0} hat"), ("caf\u{E9}", "cafe\u{301}"), ("hat", "ha\u{200C}t")])
  func namesThatLookAlikeAreHinted(one: String, other: String) throws {
    let photos = try PhotoFolder([one: 1, other: 1, "shoe": 1]).read()
    #expect(photos.classes.count == 3 && photos.hints.count == 1, "\(photos.hints)")
    #expect(try PhotoFolder(["hat": 1, "hats": 1]).read().hints.isEmpty)
  }

  @Test func emptyNamesAreRefused() throws {
    let folder = try PhotoFolder(["cat+": 1, "dog": 1])
    #expect(throws: DatasetError.emptyPartOfName(path: folder.path + "/cat+", "+")) {
      try FolderPhotos(folder.path, separator: "+")
    }
    #expect(throws: DatasetError.self) { try FolderPhotos(folder.path + "/none", separator: "+") }
  }
}
