import Data
import Foundation
import TestSupport
import Testing

@Suite struct JSONLinesTests {
  private let folder: TemporaryFolder
  init() throws { folder = try TemporaryFolder() }

  private func read(_ text: String, limits: TableLimits = .standard) throws -> JSONLines {
    try text.write(toFile: folder.path("a.jsonl"), atomically: true, encoding: .utf8)
    return try JSONLines(contentsOf: folder.path("a.jsonl"), limits: limits)
  }

  @Test func readsFieldsOfAllKinds() throws {
    let lines = try read(
      """
      {"file": "a.jpg", "tags": ["red", "wool"], "price": 12.5, "new": true}

      {"file": "b.jpg", "tags": null, "price": 3}\r
      {"tags": "red", "file": "c.jpg", "price": -1e3, "new": false}
      """)
    #expect(lines.columns == ["file", "new", "price", "tags"] && lines.rowCount == 3)
    #expect(try lines.column("new") == ["true", "", "false"])
    #expect(try lines.column("price") == ["12.5", "3", "-1000"])
    #expect((0..<3).map { lines.line(ofRow: $0) } == [1, 3, 4])
    let tagged = try lines.photos(path: "file", labels: "tags")
    #expect((0..<3).map { tagged.target(at: $0) } == [["red", "wool"], [], ["red"]])
    #expect(tagged.item(at: 2) == .file(folder.path("c.jpg")))
    let prices = try lines.photos(path: "file", number: "price")
    #expect((0..<3).map { prices.target(at: $0) } == [12.5, 3, -1000])
  }

  /// A `Double` holds 53 bits.
  @Test func wholeNumbersKeepAllDigits() throws {
    let numbers = [
      "9007199254740992", "9007199254740993", "-9223372036854775808", "9223372036854775807", "18446744073709551615",
    ]
    let lines = try read(numbers.map { "{\"file\": \"a.jpg\", \"kind\": \($0)}" }.joined(separator: "\n"))
    #expect(try lines.column("kind") == numbers)
    #expect(try read("{\"kind\": 1.0}\n{\"kind\": -0}\n{\"kind\": 0.1}").column("kind") == ["1", "0", "0.1"])
  }

  /// Which of two values is meant cannot be known. Texts may look like keys, and keys may be written in several ways.
  @Test func refusesAKeyThatOccursTwice() throws {
    for (line, key) in [
      (#"{"file": "a", "kind": "x", "kind": "x"}"#, "kind"), (#"{"kind":["x"],"file":"a","k\u0069nd":"y"}"#, "kind"),
      (#"{"a\"b": 1, "file": "a", "a\"b": 2}"#, "a\"b"), (#"{"": 1, "": null}"#, ""),
      ("{\"\u{e9}\": 1, \"e\u{301}\": [\"2\"], \"\\u00e9\": 3}", "\u{e9}"),
    ] {
      let error = #expect(throws: TableError.self) { try read("{\"file\": \"a\"}\n\(line)") }
      #expect(error?.line == 2 && error?.found == "the key \"\(key)\" twice", "\(line): \(error.map { "\($0)" } ?? "")")
    }
    let lines = try read(#"{"file": "kind\": ", "kind": ["kind", ":", "\\"], "a:b": "{\"kind\": 1}"}"#)
    #expect(try lines.column("kind") == ["kind,:,\\"] && lines.columns.count == 3)
  }

  @Test func tellsListsFromTexts() throws {
    let lines = try read(
      """
      {"file": "a", "tags": [" red "], "kind": "x"}
      {"file": "b", "tags": [" "]}
      """)
    #expect(lines.hasLists("tags") && !lines.hasLists("kind") && !lines.hasLists("none"))
    let error = #expect(throws: TableError.self) { try lines.photos(path: "file", labels: "tags").targets() }
    #expect(error?.line == 2 && error?.found == "an empty class name")
  }

  @Test func refusesListsInPlaceOfOneText() throws {
    let lines = try read("{\"file\": \"a\", \"kind\": \"x\"}\n{\"file\": [\"a\", \"b\"], \"kind\": [\"x\", \"y\"]}")
    for error in [
      #expect(throws: TableError.self) { try lines.photos(path: "file") },
      #expect(throws: TableError.self) { try lines.photos(path: "kind", label: "kind") },
      #expect(throws: TableError.self) { try lines.rows(numbers: [], label: "kind") },
    ] {
      #expect(error?.line == 2 && error?.found == "a list", "\(error.map { "\($0)" } ?? "")")
    }
  }

  @Test func namesTheLineOfWhatItRefuses() throws {
    func error(_ text: String, limits: TableLimits = .standard) throws -> String {
      do { _ = try read(text, limits: limits).photos(path: "file", labels: "tags") } catch {
        return "\(error)".replacing(folder.url.path + "/", with: "")
      }
      return "no error"
    }
    #expect(try error("{\"file\": 1}\n[1, 2]\n").hasPrefix("a.jsonl, line 2: found no object of texts"))
    #expect(try error("{\"file\": {\"deep\": 1}}").hasPrefix("a.jsonl, line 1: found no object of texts"))
    for (value, place) in [
      ("NaN", ": \"kind\" is NaN,"), ("1e400", ": \"kind\" is 1e400,"), ("\"\\ud800\"", ": \"kind\" is \"\\ud800\","),
      ("[1, 2]", ": \"kind\" is [1, 2],"), ("\"a\" \"b\"", ": \"kind\" is \"a\" \"b\","),
    ] {
      let found = try error("{\"file\": 1}\n{\"file\": \"a\", \"kind\": \(value), \"n\": 1}")
      #expect(found.contains("line 2: found no object of texts, numbers and lists of texts" + place), "\(found)")
    }
    #expect(try error(String(repeating: "[", count: 100_000)).hasPrefix("a.jsonl, line 1: found no object"))
    #expect(try error("{\"file\": \"../x\", \"tags\": null}").hasPrefix("a.jsonl, line 1, column 1: found the path"))
    #expect(
      try error("{\"file\": \"a\\u0000b.jpg\", \"tags\": null}").hasPrefix(
        "a.jsonl, line 1, column 1: found a byte 0 in the path"))
    // A slash and an accent form one character.
    #expect(
      try error("{\"file\": \"../\u{301}x\", \"tags\": null}").hasPrefix("a.jsonl, line 1, column 1: found the path"))
    #expect(try error("{\"file\": \"x\"}").contains("expected one named \"tags\""))
    let small = TableLimits(bytes: 1 << 20, rowBytes: 20, columns: 1)
    #expect(try error("{\"a\": 1, \"b\": 2}", limits: small).contains("more than 1 different keys"))
    #expect(try error("{\"a\": \"0123456789012345\"}", limits: small).contains("a line of 25 bytes"))
  }
}
