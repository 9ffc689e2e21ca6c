import Testing

@testable import Training

/// Which characters a terminal gets depends on its environment.
@Suite struct TextStyleTests {
  private func style(_ environment: [String: String]) -> TextStyle { TextStyle { environment[$0] } }

  @Test func theLocaleDecidesOnUnicode() {
    #expect(style(["LANG": "de_DE.UTF-8"]).isUnicode)
    #expect(style(["LC_ALL": "C.utf8", "LANG": "C"]).isUnicode)
    #expect(!style(["LC_ALL": "C", "LANG": "de_DE.UTF-8"]).isUnicode)
    #expect(!style(["LC_CTYPE": "POSIX", "LANG": "de_DE.UTF-8"]).isUnicode)
    // An empty variable counts as one that is not set.
    #expect(style(["LC_ALL": "", "LANG": "en_US.UTF-8"]).isUnicode)
    #expect(!style([:]).isUnicode)
    #expect(!style(["LANG": "de_DE.ISO-8859-1"]).isUnicode)
  }

  @Test func theConsoleOfLinuxHasNoBraille() {
    let console = style(["LANG": "C.UTF-8", "TERM": "linux"])
    #expect(console.isUnicode && !console.hasBraille)
    #expect(style(["LANG": "C.UTF-8", "TERM": "xterm"]).hasBraille)
    #expect(!style(["LANG": "C", "TERM": "xterm"]).hasBraille)
  }

  @Test func coloursCanBeTurnedOff() {
    #expect(style([:]).hasColours)
    #expect(!style(["NO_COLOR": "1"]).hasColours)
    #expect(style(["NO_COLOR": ""]).hasColours)
  }
}
