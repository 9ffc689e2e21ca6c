import Data
import Foundation
import TestSupport
import Testing

@Suite struct CSVTableTests {
  struct Case: Decodable {
    let text: String
    let separator: String
    let header: [String]
    let rows: [[String]]
  }

  private let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  private func write(_ text: some Sequence<UInt8>, _ name: String = "table.csv") throws -> String {
    try Foundation.Data(text).write(to: folder.url.appending(path: name))
    return folder.path(name)
  }

  private func error(_ text: some Sequence<UInt8>, limits: TableLimits = .standard) throws -> String {
    let path = try write(text)
    do {
      _ = try CSVTable(contentsOf: path, limits: limits)
    } catch {
      return "\(error)".replacing(path, with: "table.csv")
    }
    return "no error"
  }

  @Test func readsWhatPythonReads() throws {
    for expected in try readFixture("tables.json", as: [Case].self) {
      let path = try write(expected.text.utf8)
      let table = try CSVTable(contentsOf: path, separator: Character(expected.separator))
      #expect(
        table.columns == expected.header && table.rowCount == expected.rows.count, "\(expected.text.debugDescription)")
      for (index, name) in table.columns.enumerated() {
        let fields = try table.column(name)
        #expect(fields == expected.rows.map { $0[index] }, "\(expected.text.debugDescription)")
      }
    }
  }

  @Test func choosesTheSeparatorAndTheNames() throws {
    let tabs = try CSVTable(contentsOf: write("a\tb\n1,5\t2\n".utf8, "table.tsv"))
    #expect(try tabs.columns == ["a", "b"] && tabs.column("a") == ["1,5"])
    let named = try CSVTable(contentsOf: write("x.jpg,cat\n".utf8), columns: ["file", "kind"])
    #expect(try named.column("kind") == ["cat"])
    #expect(throws: TableError.self) { try named.column("Kind") }
    #expect(throws: TableError.self) { try CSVTable(contentsOf: folder.path("table.csv"), separator: "ü") }
  }

  @Test(arguments: [("file\tkind, or so\nx.jpg\tcat\n", "kind, or so"), ("file;kind\nx.jpg;cat\n", "kind")])
  func findsOtherSeparatorsWhereNoCommaIs(text: String, column: String) throws {
    // Only the first row decides, so that an own separator is needed where it misleads.
    let table = try CSVTable(contentsOf: write(text.utf8, "table.txt"), separator: text.contains(",") ? "\t" : nil)
    #expect(try table.column(column) == ["cat"])
    let plain = try CSVTable(contentsOf: write(text.replacing(", or so", with: "").utf8, "table.txt"))
    #expect(try plain.column("kind") == ["cat"] && plain.column("file") == ["x.jpg"])
  }

  @Test(arguments: [false, true])
  func readsUTF16WithItsMark(isBigEndian: Bool) throws {
    let units = Array("\u{FEFF}file\tkind\r\né.jpg\t🐈\r\n".utf16)
    let bytes = units.flatMap { unit in
      isBigEndian ? [UInt8(unit >> 8), UInt8(unit & 255)] : [UInt8(unit & 255), UInt8(unit >> 8)]
    }
    let table = try CSVTable(contentsOf: write(bytes, "table.txt"))
    #expect(try table.columns == ["file", "kind"] && table.column("file") == ["é.jpg"])
    #expect(try table.column("kind") == ["🐈"])
  }

  @Test func leavesOutColumnsWithoutNamesAndContent() throws {
    let table = try CSVTable(contentsOf: write("file,kind,,\na.jpg,cat,,\nb.jpg,dog,\"\",\n".utf8))
    #expect(try table.columns == ["file", "kind"] && table.column("kind") == ["cat", "dog"])
    // One column without a name is the index of pandas.
    #expect(try CSVTable(contentsOf: write(",file\n0,a.jpg\n".utf8)).columns == ["", "file"])
  }

  @Test func trimsClassNames() throws {
    let table = try CSVTable(
      contentsOf: write("file,kind,tags\na, hat,\" a b | c\"\nb,hat\u{A0},c\nc,\tcap ,a b|\n".utf8))
    #expect(try table.photos(path: "file", label: "kind").targets().meaning == .oneClass(names: ["cap", "hat"]))
    let tags = try table.photos(path: "file", labels: "tags", separator: "|")
    #expect(try tags.targets().meaning == .severalClasses(names: ["a b", "c"]) && tags.hints.isEmpty)
    let other = try table.photos(path: "file", labels: "tags", separator: ";")
    #expect(other.hints.count == 1 && other.hints.allSatisfy { $0.contains("\"tags\" contains the separator \";\"") })
  }

  @Test func namesTheLineOfTargetsAndPhotos() throws {
    let text = "file,kind\na.jpg,cat\n\nb.jpg,dog\n"
    func error(_ text: String, _ body: (CSVTable) throws -> Void) throws -> String {
      let path = try write(text.utf8)
      do { try body(CSVTable(contentsOf: path)) } catch {
        return "\(error)".replacing(folder.url.path + "/", with: "")
      }
      return "no error"
    }
    #expect(
      try error(text) { _ = try $0.photos(path: "file", label: "kind", classes: ["cat", "cow"]).targets() }
        == "table.csv, line 4, column 2: found the class \"dog\", expected one of cat, cow")
    #expect(
      try error("file,kind\na.jpg,hat\n") { _ = try PhotoSet($0.photos(path: "file", label: "kind"), imageSize: 4) }
        == "table.csv, column 2: found only hat, expected at least 2")
    #expect(
      try error("file,kind\na,hat\nb, \n") { _ = try $0.photos(path: "file", label: "kind") }
        == "table.csv, line 3, column 2: found a field of white space, expected a class name")
    #expect(
      try error("file,n\na,1\n") { _ = try PhotoSet($0.photos(path: "file", numbers: ["n", "n"]), imageSize: 4) }
        == "table.csv: found \"n\" twice, expected each number once")
    for (storage, line) in [(PhotoStorage.memory, 2), (.streamed, 4)] {
      let found = try error(text) {
        let photos = try PhotoSet($0.photos(path: "file", label: "kind"), imageSize: 4, storage: storage)
        _ = try photos.images.batch([1])
      }
      #expect(found.contains("(listed in table.csv, line \(line))"), "\(found)")
    }
    let found = try error(text) {
      _ = try PhotoSet($0.photos(path: "file", label: "kind"), imageSize: 4, storage: .streamed).images.checksum()
    }
    #expect(found.contains("a.jpg: found no readable file") && found.contains("line 2)"), "\(found)")
  }

  @Test func refusesHostileTablesWithLineAndColumn() throws {
    #expect(try error("".utf8) == "table.csv: found an empty file, expected a row with the names of the columns")
    #expect(try error("a,a\n".utf8) == "table.csv, line 1: found two columns named \"a\", expected different names")
    #expect(try error("a,b\n1,2\n\n1,2,3\n".utf8) == "table.csv, line 4: found 3 fields, expected 2 as the names")
    #expect(
      try error("a,b\n\"x\ny\",1\n1,\"2\n3,4\n".utf8)
        == "table.csv, line 4, column 2: found a quote that is not closed, expected a second quote in the same row")
    #expect(
      try error("a,b\n1,\0\n".utf8)
        == "table.csv, line 2, column 2: found a byte 0, expected text in UTF-8, or in UTF-16 with a byte order mark")
    #expect(try error("a,,\n1,,2\n".utf8).contains("two columns without a name"))
    #expect(try error([0xFF, 0xFE, 97, 0, 98]).contains("found text that is not UTF-16"))
    #expect(try error([0xFF, 0xFE, 0x00, 0xD8, 97, 0]).contains("found text that is not UTF-16"))
    #expect(
      try error([97, 10, 98, 10, 0xFF, 10])
        == "table.csv, line 3, column 1: found text that is not UTF-8, expected UTF-8")
    #expect(try error("a,b\n1,".utf8 + [0xFF]).hasPrefix("table.csv, line 2, column 2: found text that is not UTF-8"))
    let many = [UInt8](repeating: UInt8(ascii: ","), count: 10_000_000)
    #expect(try error(many).hasPrefix("table.csv, line 1, column 10001: found more than 10000 fields"))
    let endless = [UInt8](repeating: UInt8(ascii: "x"), count: 3 << 20)
    #expect(try error(endless).hasPrefix("table.csv, line 1, column 1: found a row of more than 1048576 bytes"))
    #expect(try error("\"".utf8 + endless).contains("found a quote that is not closed"))
    #expect(try error("a\n1\n".utf8, limits: TableLimits(bytes: 3, rowBytes: 9, columns: 9)).contains("table.csv"))
    #expect(throws: (any Error).self) { try CSVTable(contentsOf: "/dev/zero") }
    #expect(throws: (any Error).self) { try CSVTable(contentsOf: folder.path("none.csv")) }
  }

  @Test func hintsAtFilesThatAreListedTwice() throws {
    let table = try CSVTable(contentsOf: write("file,kind\na,cat\nb,dog\n\na,dog\na,cat\nb,dog\n".utf8))
    let hints = try table.photos(path: "file", label: "kind").hints
    #expect(hints.count == 1)
    #expect(hints.allSatisfy { $0.contains("lines 2 and 5 list the same file, \"a\", with 2 more repetitions") })
    #expect(try CSVTable(contentsOf: write("file\na\nb\n".utf8)).photos(path: "file").hints.isEmpty)
  }

  /// In single precision, seconds of today are multiples of 128.
  @Test func hintsAtNumbersThatRoundingMakesEqual() throws {
    let rows = (0..<40).map { "\($0).jpg,\(1_700_000_000 + $0),0.\($0 % 2 + 1),7.1\n" }.joined()
    let table = try CSVTable(contentsOf: write(("file,time,price,same\n" + rows).utf8))
    let hints = try table.photos(path: "file", numbers: ["time", "price", "same"]).hints
    #expect(hints.count == 1 && hints.allSatisfy { $0.contains("column \"time\"") }, "\(hints)")
    #expect(try table.photos(path: "file", number: "time").hints == hints)
    #expect(try table.photos(path: "file", number: "price").hints.isEmpty)
  }

  /// Otherwise a quote that is not closed would swallow all rows up to the next quote.
  @Test func refusesTextAfterAClosingQuote() throws {
    #expect(
      try error("file,kind\na,cat\nb,\"dog\nc,cow\nd,\"car\ne,hat\n".utf8)
        == "table.csv, line 3, column 2: found text after the quote that closes a field on line 5, expected a "
        + "separator or the end of the line; a quote in a quoted field is written twice")
    for text in ["a,b\n\"1\"x,2\n", "a,b\n\"1\" x,2\n", "a,b\n1,\"2\"\"\"x", "\"a\"\"\"x,b\n"] {
      #expect(
        try error(text.utf8).contains("column \(text.contains("1,") ? 2 : 1): found text after the quote"), "\(text)")
    }
    let table = try CSVTable(contentsOf: write("\"a\",\"b\"\r\n\"\"\"\",\"x\"\"\"\n\"\",\"\"".utf8))
    #expect(try table.column("a") == ["\"", ""] && table.column("b") == ["x\"", ""])
    let blanks = try CSVTable(contentsOf: write("\"a\" ,\"b\" \r\n\"1, 2 \" \t,\"\"\"\" \n\"\" , 3".utf8))
    #expect(try blanks.column("a") == ["1, 2 ", ""] && blanks.column("b") == ["\"", " 3"])
  }

  @Test func hintsAtClassNamesWithLineBreaks() throws {
    let table = try CSVTable(contentsOf: write("file,kind\na,\"dog\nb,cow\"\nc,cat\n".utf8))
    let pixel = Photo.pixels(Image(width: 1, height: 1, pixels: [0, 0, 0]), name: "pixel")
    let photos = try PhotoSet(table.photos(path: "file", label: "kind").mapItems { _ in pixel }, imageSize: 1)
    #expect(photos.hints.contains { $0.contains("\"dog\\u{A}b,cow\" contains a line break") }, "\(photos.hints)")
  }

  /// In a large file too, whose lines are counted in blocks: the breaks of lines fall on all places of a block.
  @Test(arguments: ["\n", "\r", "\r\n"])
  func countsLinesInLargeFiles(lineBreak: String) throws {
    let rows = (0..<3000).map { "\($0),\"\(String(repeating: "x", count: $0 % 7))\(lineBreak)\"" }
    let table = try CSVTable(contentsOf: write((["a,b"] + rows).joined(separator: lineBreak).utf8))
    #expect(table.rowCount == 3000 && (0..<3000).allSatisfy { table.line(ofRow: $0) == 2 + 2 * $0 })
  }

  @Test func refusesPathsAndFieldsWithLineAndColumn() throws {
    func error(_ text: String, _ body: (CSVTable) throws -> Void) throws -> String {
      let path = try write(text.utf8)
      do {
        try body(CSVTable(contentsOf: path))
      } catch {
        return "\(error)".replacing(folder.url.path, with: "F")
      }
      return "no error"
    }
    let paths = "kind,file\ncat,ok.jpg\ncat,"
    #expect(
      try error(paths + "a/../../b.jpg\n") { _ = try $0.photos(path: "file", label: "kind") }
        == "F/table.csv, line 3, column 2: found the path \"a/../../b.jpg\", which leads out of the folder, expected the path "
        + "of a photo in the folder \"F/\", or another folder for all paths")
    for inside in ["a/../b.jpg", "./a/b/../../c.jpg", "/tmp/../none.jpg", "..a/b..jpg"] {
      let found = try error(paths + inside + "\n") { _ = try $0.photos(path: "file", label: "kind") }
      #expect(found == "no error", "\(inside)")
    }
    for outside in ["..", "./../b.jpg", "a/./../../a/b.jpg"] {
      #expect(try error(paths + outside + "\n") { _ = try $0.photos(path: "file") }.contains("leads out"), "\(outside)")
    }
    #expect(try error(paths + "/dev/zero\n") { _ = try $0.photos(path: "file") }.contains("a device or a pipe"))
    #expect(try error(paths + "/tmp\n") { _ = try $0.photos(path: "file") }.contains("a folder"))
    #expect(
      try error(paths + "\n") { _ = try $0.photos(path: "file") }.contains("line 3, column 2: found an empty field"))
    #expect(
      try error("file,n\na,1\nb,1e999\n") { _ = try $0.photos(path: "file", number: "n") }
        == "F/table.csv, line 3, column 2: found \"1e999\", expected a number")
    #expect(
      try error("file,n\na,1\nb,2\n") { _ = try $0.photos(path: "file", indicators: ["n"]) }
        .hasSuffix("line 3, column 2: found 2.0, expected 0 or 1"))
    for number in ["0x10", "0x1p3", "inf", "nan", "1 2", "1_000"] {
      #expect(
        try error("file,n\na, -1.5e+3\nb,\(number)\n") { _ = try $0.photos(path: "file", number: "n") }
          == "F/table.csv, line 3, column 2: found \"\(number)\", expected a number")
    }
    #expect(try error("file,n\na,\n") { _ = try $0.photos(path: "file", label: "n") }.contains("expected a class name"))
  }

  @Test func fieldsOfOneLine() throws {
    #expect(try csvFields("a,\"b, c\",d \"e\"") == ["a", "b, c", "d \"e\""])
    #expect(try csvFields("") == [])
    for text in ["a\nb", "a\rb", "a,\"b"] { #expect(throws: TableError.self) { try csvFields(text) } }
  }
}
