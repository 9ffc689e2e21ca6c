import Serialization
import Testing

@Suite struct CSVFieldTests {
  /// What Python's `csv.writer` writes, which quotes spaces at the ends only on request.
  @Test(arguments: [
    ("cat", "cat"), ("", ""), ("a b", "a b"), ("a,b", "\"a,b\""), ("say \"hi\"", "\"say \"\"hi\"\"\""),
    ("two\nlines", "\"two\nlines\""), ("two\r\nlines", "\"two\r\nlines\""), ("\r", "\"\r\""),
    ("a,\u{301}b", "\"a,\u{301}b\""), (" a", "\" a\""), ("a ", "\"a \""), ("été", "été"), ("'", "'"), (";", ";"),
  ])
  func quotesWhatNeedsIt(text: String, field: String) {
    #expect(Array(csvField(text).utf8) == Array(field.utf8))
  }

  @Test func joinsFields() {
    #expect(csvLine(["epoch", "val,loss", "1"]) == "epoch,\"val,loss\",1")
  }
}
