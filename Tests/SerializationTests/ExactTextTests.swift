import Serialization
import Testing

@Suite struct ExactTextTests {
  @Test func composedAndDecomposedTextsDiffer() {
    let (composed, decomposed) = ("\u{E9}", "e\u{301}")
    #expect(composed == decomposed)
    #expect(ExactText(composed) != ExactText(decomposed))
    #expect(Set([ExactText(composed), ExactText(decomposed), ExactText("e\u{301}")]).count == 2)
    #expect([composed].equalsExactly(["\u{E9}"]))
    #expect(![composed].equalsExactly([decomposed]))
    #expect(!["a"].equalsExactly(["a", "b"]))
  }

  @Test func sortsByCodePoint() {
    let texts = ["\u{10000}", "\u{FFFD}", "e\u{301}", "\u{E9}", "f", "e", ""]
    let sorted = texts.map(ExactText.init).sorted().map(\.text)
    let expected = ["", "e", "e\u{301}", "f", "\u{E9}", "\u{FFFD}", "\u{10000}"]
    #expect(sorted.equalsExactly(expected))
  }
}
