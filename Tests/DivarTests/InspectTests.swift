import Data
import Foundation
import TestSupport
import Testing

@Suite struct InspectTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    let drawn = try DivarProcess(["demo-data", "--output", folder.path("photos"), "--per-class", "4"])
    try #require(drawn.exitCode == 0, "\(drawn.errors)")
  }

  @Test func tellsWhatAFolderHolds() throws {
    let photos = folder.path("photos")
    let manager = FileManager.default
    try manager.copyItem(atPath: "\(photos)/cat/0000.jpg", toPath: "\(photos)/dog/copy.jpg")
    try "no photo".write(toFile: "\(photos)/cat/note.jpg", atomically: true, encoding: .utf8)
    let run = try DivarProcess(["inspect", photos, "--output", folder.path("sheet.png")])
    #expect(run.exitCode == 0, "\(run.errors)")
    for line in [
      "\(photos): 46 files, 45 photos of 11 classes", "  cat            4    8.9 %  ########################",
      "balance: 5 of dog, 4 of 206: 1.2 times as many", "damaged, or no photo that can be read: 1",
      "  \(photos)/cat/note.jpg: found text, expected", "the same bytes in several classes: 1",
      "  \(photos)/cat/0000.jpg = \(photos)/dog/copy.jpg",
    ] {
      #expect(run.output.contains("\n\(line)") || run.output.hasPrefix(line), "\(line)\n\(run.output)")
    }
    let sheet = try Image(contentsOfFile: folder.path("sheet.png"))
    // Eleven rows of 104 points and eight of gap less, at two pixels a point, with margins and title.
    #expect(sheet.height == 2 * (11 * 104 - 8 + 32 + 28))
  }

  /// A sheet has at most 40 photos of a class, and says so.
  @Test func samplesThatAreNotDrawnAreNotPromised() throws {
    let run = try DivarProcess(
      ["inspect", folder.path("photos"), "--output", folder.path("sheet.png"), "--samples", "100"])
    #expect(run.exitCode == 0 && run.output.contains("sheet.png: up to 40 photos of each class"), "\(run.output)")
  }

  /// A table has classes, numbers, or the files alone.
  @Test func tellsWhatATableHolds() throws {
    try folder.makePhotos("pictures", classes: ["cat", "dog"], count: 3)
    let rows = ["cat", "dog"].flatMap { kind in (0..<3).map { "pictures/\(kind)/\($0).jpg,\(kind),\($0 * 10)" } }
    try (["file,kind,price"] + rows + ["pictures/cat/none.jpg,cat,5"]).joined(separator: "\n").write(
      toFile: folder.path("photos.csv"), atomically: true, encoding: .utf8)
    let kinds = try DivarProcess(
      ["inspect", "photos.csv", "--label-column", "kind", "--output", "sheet.png"], in: folder.url)
    #expect(kinds.exitCode == 0, "\(kinds.errors)")
    for line in ["photos.csv: 7 files, 6 photos of 2 classes", "balance: 3 photos of each class", "photos.csv, line 8"]
    {
      #expect(kinds.output.contains(line), "\(line)\n\(kinds.output)")
    }
    #expect(try Image(contentsOfFile: folder.path("sheet.png")).height == 2 * (2 * 104 - 8 + 32 + 28))
    let prices = try DivarProcess(
      ["inspect", "--data", "photos.csv", "--number-columns", "price", "--output", "prices.png"], in: folder.url)
    #expect(prices.exitCode == 0 && prices.output.contains("  price: 0 to 20, mean "), "\(prices.errors)")
    #expect(prices.output.contains("prices.png: up to 8 photos\n"), "\(prices.output)")
    let files = try DivarProcess(["inspect", "photos.csv", "--path-column", "file"], in: folder.url)
    #expect(files.exitCode == 0 && files.output.contains("7 files, 6 photos\nformats: "), "\(files.errors)")
    for (options, word) in [
      (["--label-column", "sort"], "expected one named \"sort\""),
      (["--number-columns", "price", "--backbone", "none.keras"], "--backbone cannot be used with"),
    ] {
      try expectError(["inspect", "photos.csv"] + options, word, folder: folder.url)
    }
    try expectError(["inspect", "photos", "--label-column", "kind"], "need a table", folder: folder.url)
  }

  @Test func cutsLongLists() throws {
    for number in 0..<5 {
      try "no photo".write(
        toFile: folder.path("photos/cat/note\(number).txt"), atomically: true, encoding: .utf8)
    }
    let short = try DivarProcess(["inspect", folder.path("photos"), "--list", "2"]).output
    #expect(short.contains("note1.txt") && !short.contains("note2.txt") && short.contains("and 3 more"))
    let whole = try DivarProcess(["inspect", folder.path("photos"), "--list", "0"]).output
    #expect(whole.contains("note4.txt") && !whole.contains("more;"))
  }

  @Test func saysWhatIsWrong() throws {
    let missing = try DivarProcess(["inspect", folder.path("missing")])
    #expect(missing.exitCode == 1 && missing.errors.contains(folder.path("missing")))
    let format = try DivarProcess(["inspect", folder.path("photos"), "--output", folder.path("sheet.bmp")])
    #expect(format.exitCode == 1 && format.errors.contains("sheet.bmp"), "\(format.errors)")
    #expect(try DivarProcess(["inspect", folder.path("photos"), "--samples", "0"]).exitCode == 64)
  }
}
