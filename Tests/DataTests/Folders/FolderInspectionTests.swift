import Data
import Foundation
import TestSupport
import Testing

@Suite struct FolderInspectionTests {
  @Test func findsWhatIsWrongWithAFolder() throws {
    let photos = try PhotoFolder(["a": 0, "b": 0, "empty": 0])
    defer { extendLifetime(photos) }
    let colours = (0..<90 * 60 * 3).map { UInt8($0 * 7 % 256) }
    let photo = Image(width: 90, height: 60, pixels: colours)
    let gray = Image(width: 40, height: 40, pixels: (0..<4800).map { UInt8($0 / 3 % 256) })
    try photos.add("a/1.jpg", photo.jpeg())
    try photos.add("a/2.jpg", photo.png())
    try photos.add("a/below/3.PNG", gray.png())
    try photos.add("b/copy.png", gray.png())
    try photos.add("b/strip.JPEG", Image(width: 300, height: 50, pixels: [UInt8](repeating: 9, count: 45000)).jpeg())
    try photos.add("b/dot.png", Image(width: 1, height: 1, pixels: [1, 2, 3]).png())
    try photos.add("b/page.jpg", "<html>".utf8)
    try photos.add("b/cut.jpg", photo.jpeg().dropLast(300))
    try photos.add("b/empty.png", [])
    try photos.add("b/Thumbs.db", [1])

    let inspection = try FolderInspection(photos.path)
    #expect(inspection.classes == ["a", "b", "empty"] && inspection.counts == [3, 3, 0])
    let found = inspection.photos.map { $0.path.split(separator: "/").last.map(String.init) ?? "" }
    #expect(found == ["1.jpg", "2.jpg", "3.PNG", "copy.png", "dot.png", "strip.JPEG"])
    #expect(inspection.photos.map(\.format) == [.jpeg, .png, .png, .png, .png, .jpeg])
    #expect(inspection.photos.map(\.width) == [90, 90, 40, 40, 1, 300])
    #expect(inspection.photos.map(\.height) == [60, 60, 40, 40, 1, 50])
    #expect(inspection.photos.map(\.isGray) == [false, false, true, true, false, true])
    #expect(
      inspection.photos.map(\.oddities) == [
        [], ["named as JPEG, is PNG"], [], [], ["only 1 x 1 pixels"], ["300 x 50: longer than 4 to 1"],
      ])
    #expect(inspection.unreadable.map(\.path) == ["cut.jpg", "empty.png", "page.jpg"].map { "\(photos.path)/b/\($0)" })
    #expect(inspection.unreadable.map(\.found)[1...] == ["zero bytes", "HTML text"])
    #expect(inspection.duplicates == [[2, 3]] && inspection.contradictions == [[2, 3]])
    #expect(inspection.samples(ofClass: 0, count: 2) == [0, 1])
    #expect(inspection.samples(ofClass: 1, count: 9) == [3, 4, 5])
    #expect(inspection.samples(ofClass: 2, count: 9).isEmpty)
  }

  /// Of a table, what is listed: a missing file is found with its line, and copies may have several classes.
  @Test func findsWhatIsWrongWithATable() throws {
    let photos = try PhotoFolder(["a": 2, "b": 1])
    defer { extendLifetime(photos) }
    let path = "\(photos.path)/table.csv"
    let copy = try Foundation.Data(contentsOf: URL(filePath: "\(photos.path)/a/1.png"))
    try copy.write(to: URL(filePath: "\(photos.path)/b/copy.png"))
    let rows = ["a/1.png,x,x|y,1.5", "b/copy.png,Y,y,3", "a/none.png,y,,-1.5", "b/0.png,Y,,1"]
    try (["file,kind,tags,price"] + rows).joined(separator: "\n").write(
      toFile: path, atomically: true, encoding: .utf8)
    let table = try CSVTable(contentsOf: path)

    let kinds = try FolderInspection(table.photos(path: "file", label: "kind"))
    #expect(kinds.classes == ["Y", "x", "y"] && kinds.counts == [2, 1, 0])
    #expect(kinds.unreadable.count == 1 && kinds.unreadable[0].path.hasSuffix("a/none.png"))
    #expect(kinds.unreadable[0].found.contains("table.csv, line 4"), "\(kinds.unreadable)")
    #expect(kinds.duplicates == [[0, 1]] && kinds.contradictions == [[0, 1]])
    #expect(kinds.hints.contains { $0.contains("differ only in case") }, "\(kinds.hints)")

    let tags = try FolderInspection(table.photos(path: "file", labels: "tags", separator: "|"))
    #expect(tags.classes == ["x", "y"] && tags.counts == [1, 2] && tags.photos.map(\.labels) == [[0, 1], [1], []])
    #expect(tags.samples(ofClass: 1, count: 9) == [0, 1] && tags.samples(ofClass: nil, count: 9) == [0, 1, 2])
    #expect(InspectionReport(tags, folder: "t").description.contains("4 files, 3 photos of 2 classes"))

    let prices = try FolderInspection(table.photos(path: "file", number: "price"))
    #expect(prices.classes.isEmpty && prices.numbers.map(\.name) == ["price"])
    #expect(prices.numbers[0].lowest == -1.5 && prices.numbers[0].highest == 3 && prices.numbers[0].mean == 1)
    let text = InspectionReport(prices, folder: "t").description
    #expect(text.hasPrefix("t: 4 files, 3 photos\n  price: -1.5 to 3, mean 1\nformats: "), "\(text)")
    #expect(!text.contains("balance") && !text.contains("several classes"), "\(text)")
  }

  @Test func hintsAtNumbersAndMissingValuesAsClasses() throws {
    let folder = try TemporaryFolder()
    func hints(_ names: [String]) throws -> [String] {
      let rows = names.enumerated().map { "\($0).png,\($1)" }
      try (["file,kind"] + rows).joined(separator: "\n").write(
        toFile: folder.path("t.csv"), atomically: true, encoding: .utf8)
      return try FolderInspection(CSVTable(contentsOf: folder.path("t.csv")).photos(path: "file", label: "kind")).hints
    }
    #expect(try hints(["1", "2", "none", "1e", "red"]).isEmpty)
    let numbers = try hints(["1", "1.0", "2", "01", "2.5"])
    #expect(numbers.count == 1 && numbers[0].contains("\"01\", \"1\", \"1.0\" are the same number"), "\(numbers)")
    let missing = try hints(["NaN", "red", "None"])
    #expect(missing.count == 2 && missing.allSatisfy { $0.contains("missing value") }, "\(missing)")
  }

  @Test func refusesWhatIsNoFolderOfClasses() throws {
    let photos = try PhotoFolder(["a": 1])
    defer { extendLifetime(photos) }
    #expect(throws: DatasetError.tooFewClasses(path: photos.path, classes: ["a"])) {
      try FolderInspection(photos.path)
    }
  }
}
