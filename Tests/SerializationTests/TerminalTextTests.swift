import Serialization
import Testing

@Suite struct TerminalTextTests {
  @Test func controlCharactersAreEscaped() {
    #expect("a\u{1B}[2Jb\nc\u{7F}".withoutControls == "a\\u{1B}[2Jb\\u{A}c\\u{7F}")
    #expect("a\u{202E}b\u{2028}".withoutControls == "a\\u{202E}b\\u{2028}")
    // Joiners are part of the writing of a name.
    for name in ["سگ\u{200C}ها", "👩\u{200D}🔬", "é", "e\u{301}", "精度"] { #expect(name.withoutControls == name) }
  }

  @Test(arguments: [
    ("abc", 3), ("精度", 4), ("한글", 4), ("ｱ", 1), ("Ａ", 2), ("e\u{301}", 1), ("😀", 2), ("", 0), ("a\u{200B}b", 2),
  ])
  func columnsAreCounted(text: String, columns: Int) {
    #expect(text.columnCount == columns)
  }

  @Test func beginningsFit() {
    #expect("精度abc".prefix(columns: 3) == "精")
    #expect("e\u{301}e\u{301}".prefix(columns: 1) == "e\u{301}")
    #expect("abc".prefix(columns: 10) == "abc")
    #expect("abc".prefix(columns: 0) == "")
  }
}
