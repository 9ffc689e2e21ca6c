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
      "\u{feff}Class,URL\r\ncat,https://a.org/1.jpg\r\n\r\n \"big, dog\" , \"https://a.org/2,3.jpg\"\ncat,https://a.org/1.jpg\n"
        + "\"a \"\"b\"\"\",http://a.org/4.jpg")
    #expect(source.classNames == ["cat", "big, dog", "a \"b\""])
    #expect(
      try candidates(source) == [
        "cat https://a.org/1.jpg", "big, dog https://a.org/2,3.jpg", "a \"b\" http://a.org/4.jpg",
      ])
  }

  @Test func aQuotedCommaBeforeAnAccentStays() throws {
    #expect(try source("\"ca,\u{301}t\",https://a.org/1.jpg").classNames == ["ca,\u{301}t"])
  }

  @Test func wantedClassesAlone() throws {
    let text = "cat,https://a.org/1.jpg\ndog,https://a.org/2.jpg\n"
    #expect(try candidates(source(text, classes: ["dog"])) == ["dog https://a.org/2.jpg"])
    #expect(throws: CollectorError.unknown(what: "class", found: "cow", known: ["cat", "dog"])) {
      try source(text, classes: ["cow"])
    }
  }

  @Test(arguments: [
    "cat", "cat,https://a.org/1.jpg,more", "\"cat,https://a.org/1.jpg", "../cat,https://a.org/1.jpg",
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
      error?.description.contains("nothing.csv\": The file doesn’t exist") == true, "\(String(describing: error))")
  }
}
