import Data
import Foundation
import Serialization
import TestSupport
import Testing

/// Names with different code points are different names, even where Swift compares the two strings as equal.
@Suite struct ExactNamesTests {
  private static let composed = "caf\u{E9}"
  private static let decomposed = "cafe\u{301}"

  @Test func composedAndDecomposedAreTwoClasses() throws {
    let photos = try PhotoFolder([Self.composed: 2, Self.decomposed: 3, "zoo": 1])
    let folder = try photos.read()
    #expect(folder.classes.equalsExactly([Self.decomposed, Self.composed, "zoo"]))
    #expect(folder.counts == [3, 2, 1])
    #expect(Set(folder.images.paths.map(ExactText.init)).count == 6)
    #expect(try FolderInspection(photos.path).counts == [3, 2, 1])
    let (train, test) = try folder.split(testShare: 0.5, seed: 1)
    #expect((train.paths + test.paths).map(ExactText.init).sorted().count == 6)
  }

  @Test func binarizerKeepsBoth() throws {
    let binarizer = try LabelBinarizer([Self.composed, Self.decomposed, "a"])
    #expect(binarizer.classes.equalsExactly(["a", Self.decomposed, Self.composed]))
    #expect(try binarizer.transform([Self.composed]).scalars == [0, 0, 1])
    #expect(try binarizer.transform([Self.decomposed]).scalars == [0, 1, 0])
  }

  @Test func twoSpellingsAreTwoColumns() throws {
    let folder = try TemporaryFolder()
    let (csv, lines) = (folder.path("a.csv"), folder.path("a.jsonl"))
    try "\(Self.composed),\(Self.decomposed)\n1,2\n".write(toFile: csv, atomically: true, encoding: .utf8)
    try "{\"\(Self.composed)\": 1, \"\(Self.decomposed)\": [\"2\", \"3\"], \"n\": null}\n{\"caf\\u00e9\": 4}\n".write(
      toFile: lines, atomically: true, encoding: .utf8)
    let table = try CSVTable(contentsOf: csv)
    #expect(try table.column(Self.composed) == ["1"] && table.column(Self.decomposed) == ["2"])
    let objects = try JSONLines(contentsOf: lines)
    #expect(objects.columns.equalsExactly([Self.decomposed, Self.composed, "n"]))
    #expect(try objects.column(Self.composed) == ["1", "4"] && objects.column(Self.decomposed) == ["2,3", ""])
    #expect(objects.hasLists(Self.decomposed) && !objects.hasLists(Self.composed))
    // Two files, not one that is listed twice.
    try "file\n\(Self.composed)\n\(Self.decomposed)\n".write(toFile: csv, atomically: true, encoding: .utf8)
    #expect(try CSVTable(contentsOf: csv).photos(path: "file").hints.isEmpty)
  }

  /// An accent at the beginning of a name joins the `/` before it to one `Character`.
  @Test func namesThatBeginWithAnAccent() throws {
    let photos = try PhotoFolder(["\u{301}a": 1, "b": 1])
    try FileManager.default.copyItem(atPath: photos.path + "/b/0.png", toPath: photos.path + "/b/\u{301}.png")
    let folder = try photos.read()
    #expect(folder.classes.equalsExactly(["b", "\u{301}a"]))
    #expect(folder.counts == [2, 1])
    let cache = try TemporaryFolder()
    let cached = try photos.read(storage: .cache(path: cache.path("\u{301}.cache")))
    #expect(cached.counts == [2, 1])
    #expect(try FileManager.default.contentsOfDirectory(atPath: cache.url.path).count == 1)
  }
}
