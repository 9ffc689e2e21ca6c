import Serialization
import Testing

/// A share is written alike in charts, reports and explanations.
@Suite struct PercentageTests {
  @Test(arguments: [
    (0.975, 1, "97.5%"), (0, 1, "0.0%"), (1, 0, "100%"), (0.0049, 1, "0.5%"), (.nan, 1, "NaN"), (-.infinity, 0, "-∞"),
  ])
  func shares(share: Double, digits: Int, text: String) {
    #expect(percentage(share, digits: digits) == text)
  }
}
