import ModelFormats
import Serialization
import Testing

@Suite struct JSONTests {
  private func parse(_ text: String) throws -> JSON { try JSON(parsing: Array(text.utf8)) }

  @Test(
    arguments: [
      ("null", JSON.null), (" true ", true), ("[1, -2.5e1,0]", JSON.array([1, .number(-25), 0])), ("{}", [:]),
      ("[]", []),
      (#"{"a" : [ {"b":"c"} ]}"#, ["a": [["b": "c"]]]), (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{C}\n\r\t"),
      (#""\u00e9 \ud83d\ude00""#, "é 😀"), ("\"größe\"", "größe"),
    ] as [(String, JSON)])
  func validTextsAreRead(text: String, value: JSON) throws {
    #expect(try parse(text) == value)
  }

  @Test(arguments: [
    "", "nul", "tru", "[1,]", "{\"a\":1,}", "{a:1}", "{\"a\" 1}", "01", "1.", "1e", "-", "+1", ".5", "1e999", "\"a",
    "\"\\x\"", "\"\\u12\"", "\"\\ud83d\"", "\"\\ude00\"", "\"\n\"", "1 2", "[1", "{\"a\":1", "NaNa", "[1 2]",
    "{\"a\":1,\"a\":2}",
  ])
  func otherTextsAreReported(text: String) {
    #expect(throws: ModelFileError.Problem.self) { try parse(text) }
  }

  /// `é` as one code point and as two are different names, as in Python.
  @Test func namesAreComparedByCodePoints() throws {
    let value = try parse("{\"\u{E9}\":1,\"e\u{301}\":2}")
    #expect(value["\u{E9}"] == 1 && value["e\u{301}"] == 2)
  }

  @Test func bytesThatAreNotUTF8AreReported() {
    #expect(throws: ModelFileError.Problem.self) { try JSON(parsing: [0x22, 0xFF, 0x22]) }
  }

  /// Python writes these words, which other readers do not know.
  @Test func numbersThatAreNotFiniteAreRead() throws {
    guard case .array(let values) = try parse("[NaN,Infinity,-Infinity]"), case .number(let first) = values[0] else {
      Issue.record("no array of numbers")
      return
    }
    #expect(first.isNaN && values[1] == .number(.infinity) && values[2] == .number(-.infinity))
  }

  @Test func numbersThatAreNotFiniteAreWrittenAsNull() throws {
    let value: JSON = ["a": .number(.nan), "b": .decimal(-.infinity), "c": .decimal(1)]
    #expect(try value.encoded() == #"{"a":null,"b":null,"c":1.0}"#)
  }
}
