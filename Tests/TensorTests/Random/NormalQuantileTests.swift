import Tensor
import Testing

struct NormalQuantileTests {
  /// Against SciPy's `norm.ppf`; the algorithm's own error is 1e-16, a few roundings come on top.
  @Test func matchesSciPy() throws {
    let lines = try fixtureLines("normal-quantiles.txt")
    #expect(lines.count > 300)
    for line in lines {
      let numbers = line.split(separator: " ").compactMap { Double($0) }
      let (probability, expected) = try (#require(numbers.first), #require(numbers.last))
      let found = normalQuantile(probability)
      #expect(abs(found - expected) <= 1e-15 * abs(expected), "at \(probability): \(found), \(expected)")
    }
  }

  @Test func isOddAroundOneHalf() {
    #expect(normalQuantile(0.5) == 0)
    for probability in [0.25, 0.0625, 0x1p-20, 0x1p-40] {
      #expect(normalQuantile(probability) == -normalQuantile(1 - probability))
    }
  }
}
