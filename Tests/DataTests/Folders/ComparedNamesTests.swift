import Data
import Testing

/// Names in an error: those that look alike show how they differ.
@Suite struct ComparedNamesTests {
  @Test func namesThatLookAlikeShowTheirCodePoints() {
    let accents = ComparedNames(["caf\u{E9}", "dog"], ["cafe\u{301}", "dog"])
    #expect(accents.first == "caf\\u{00E9}, dog" && accents.second == "cafe\\u{0301}, dog")
    let spaces = ComparedNames(["old\u{A0}car"], ["old car", "\u{E9}mu"])
    #expect(spaces.first == "old\\u{00A0}car" && spaces.second == "old car, \u{E9}mu")
    #expect(ComparedNames(["a\u{200B}"], ["a"]).first == "a\\u{200B}")
    // The same name in both lists is no difference.
    #expect(ComparedNames(["\u{E9}"], ["\u{E9}"]).first == "\u{E9}")
  }

  /// A difference far down in a long list is seen.
  @Test func longListsBeginWithTheDifferences() {
    let names = (0..<20).map { "class\($0)" }
    let compared = ComparedNames(names + ["\u{E9}"], names.dropLast() + ["e\u{301}"])
    #expect(compared.first == "\\u{00E9}, class19, class0, class1, class2 and 16 more")
    #expect(compared.second == "e\\u{0301}, class0, class1, class2, class3 and 15 more")
  }

  @Test func errorsUseThem() {
    let part = DatasetError.otherClassesInPart(path: "val", classes: ["caf\u{E9}"], expected: ["cafe\u{301}"])
    #expect("\(part)".contains("caf\\u{00E9}") && "\(part)".contains("cafe\\u{0301}"), "\(part)")
    let unknown = DatasetError.unknownClasses(path: "photos", found: ["cafe\u{301}"], known: ["b", "caf\u{E9}"])
    #expect("\(unknown)" == "photos: found the class cafe\\u{0301}, expected only b, caf\\u{00E9}")
  }

  @Test func partsOfASplitDataSetAreNoClasses() {
    let parts = DatasetError.unknownClasses(path: "photos", found: ["train", "val"], known: ["cat", "dog"])
    #expect(
      "\(parts)" == "photos: found the classes train, val, expected only cat, dog; for one part of a split data set, "
        + "read photos/val")
  }
}
