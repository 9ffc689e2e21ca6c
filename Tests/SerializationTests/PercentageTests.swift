import Serialization
import Testing

/// A share is written alike in charts, reports and explanations.
@Suite struct PercentageTests {
  @Test(arguments: [
    (0.975, 1, "97.5%"), (0, 1, "0.0%"), (1, 0, "100%"), (0.0049, 1, "0.5%"), (.nan, 1, "NaN"), (-.infinity, 0, "-∞"),
    (0.9999, 1, ">99.9%"), (0.9994, 1, "99.9%"), (0.996, 0, ">99%"), (1.0001, 1, "100.0%"),
  ])
  func shares(share: Double, digits: Int, text: String) {
    #expect(percentage(share, digits: digits) == text)
  }
}
