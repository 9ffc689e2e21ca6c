import DivarCollector
import Foundation
import TestSupport
import Testing

@Suite struct ListSourceTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
  }

  private func source(_ text: String, classes: [String]? = nil) throws -> ListSource {
    try text.write(toFile: folder.path("urls.csv"), atomically: true, encoding: .utf8)
    return try ListSource(path: folder.path("urls.csv"), classes: classes)
  }

  private func candidates(_ source: ListSource) throws -> [String] {
    var source = source
    let ledger = try Ledger(reading: folder.path("photos"))
    var found: [String] = []
    while let candidate = source.next(ledger) { found.append("\(candidate.className) \(candidate.url)") }
    return found
  }

  @Test func lines() throws {
    let source = try source(
      "\u{feff}Class,URL\r\ncat,https://a.org/1.jpg\r\n\r\n \"big, dog\" ,\"https://a.org/2,3.jpg\"\n cat , https://a.org/1.jpg\n"
        + "\"a \"\"b\"\"\",http://a.org/4.jpg")
    #expect(source.classNames == ["cat", "big, dog", "a \"b\""])
    #expect(
      try candidates(source) == [
        "cat https://a.org/1.jpg", "big, dog https://a.org/2,3.jpg", "a \"b\" http://a.org/4.jpg",
      ])
  }

  /// In the same class there is nothing to say.
  @Test func addressesOfSeveralClassesAreNamed() throws {
    let source = try source(
      "cat,https://a.org/1\ndog,https://a.org/2\ndog,https://a.org/1\ncow,https://a.org/1\ncat,https://a.org/1\n")
    #expect(
      source.warnings.map { $0.replacing(folder.path("urls.csv"), with: "urls.csv") } == [
        "urls.csv: 1 address under more than one class, each collected once: https://a.org/1 (cat, dog)"
      ])
    #expect(try candidates(source) == ["cat https://a.org/1", "dog https://a.org/2"])
    let many = try self.source(
      ["cat", "dog"].flatMap { name in (0..<5).map { "\(name),https://a.org/\($0)\n" } }.joined())
    let warning = try #require(many.warnings.first)
    #expect(warning.contains("5 addresses under") && warning.hasSuffix("https://a.org/2 (cat, dog) and 2 more"))
  }

  @Test func addressesOfOneClassNeedNoWarning() throws {
    let text = "cat,https://a.org/1\ncat,https://a.org/1\ndog,https://a.org/1\n"
    #expect(try source(text, classes: ["cat"]).warnings.isEmpty)
    #expect(try source("cat,https://a.org/1\ncat,https://a.org/1\n").warnings.isEmpty)
  }

  @Test func aQuotedCommaBeforeAnAccentStays() throws {
    #expect(try source("\"ca,\u{301}t\",https://a.org/1.jpg").classNames == ["ca,\u{301}t"])
  }

  /// The rule of RFC 4180, as in other tables: a quote within a field is a character.
  @Test func quotesWithinAFieldStay() throws {
    #expect(try source("a \"b\",https://a.org/1.jpg").classNames == ["a \"b\""])
  }

  @Test func wantedClassesAlone() throws {
    let text = "cat,https://a.org/1.jpg\ndog,https://a.org/2.jpg\n"
    #expect(try candidates(source(text, classes: ["dog"])) == ["dog https://a.org/2.jpg"])
    #expect(throws: CollectorError.unknown(what: "class", found: "cow", known: ["cat", "dog"])) {
      try source(text, classes: ["cow"])
    }
  }

  @Test(arguments: [
    "cat", "cat,https://a.org/1.jpg,more", "cat,https://a.org/1.jpg\rcat,https://a.org/2.jpg",
    "cat, \"https://a.org/1,2\"", "\"cat,https://a.org/1.jpg", "../cat,https://a.org/1.jpg",
    ".cat,https://a.org/1.jpg",
    ",https://a.org/1.jpg", "cat,ftp://a.org/1.jpg", "cat,/etc/passwd", "cat,https://", "a/b,https://a.org/1.jpg",
  ])
  func lineIsNamed(_ line: String) {
    let error = #expect(throws: CollectorError.self) { try source("dog,https://a.org/1.jpg\n\(line)\n") }
    #expect(error?.description.contains("urls.csv, line 2: found ") == true, "\(String(describing: error))")
  }

  @Test func missingFile() {
    let error = #expect(throws: CollectorError.self) { try ListSource(path: folder.path("nothing.csv")) }
    #expect(
      error?.description.contains("nothing.csv\": there is no such file") == true, "\(String(describing: error))")
  }
}
