import Tensor
import TestSupport
import Testing

struct RandomTensorsTests {
  private static let count = 1_000_000

  /// The moments of a million numbers, as distances from those of the distribution in units of their own deviation:
  /// by chance they exceed 5 once in a million seeds.
  private func check(_ x: Tensor<Float>, mean: Double, variance: Double, fourth: Double) {
    let (x, count) = (x.toDouble(), Double(Self.count))
    #expect(abs(x.mean().scalar - mean) < 5 * (variance / count).squareRoot())
    let deviation = ((fourth - variance * variance) / count).squareRoot()
    #expect(abs((x - mean).squared().mean().scalar - variance) < 5 * deviation)
  }

  @Test func uniformNumbersHaveTheirMoments() {
    var generator = RandomGenerator(seed: 1)
    let x = Tensor<Float>(uniform: [Self.count], using: &generator)
    check(x, mean: 0.5, variance: 1 / 12, fourth: 1 / 80)
    #expect(x.min().scalar >= 0 && x.max().scalar < 1)
    let y = Tensor<Float>(uniform: [Self.count], in: -2..<4, using: &generator)
    check(y, mean: 1, variance: 3, fourth: 36 * 36 / 80)
  }

  @Test func uniformNumbersNeverReachTheEnd() {
    var generator = RandomGenerator(seed: 2)
    let x = Tensor<Float>(uniform: [Self.count], in: 1_000..<1_001, using: &generator)
    #expect(x.min().scalar >= 1_000 && x.max().scalar < 1_001)
  }

  @Test func normalNumbersHaveTheirMoments() {
    var generator = RandomGenerator(seed: 3)
    check(Tensor(normal: [Self.count], using: &generator), mean: 0, variance: 1, fourth: 3)
    let x = Tensor<Float>(normal: [Self.count], mean: 5, standardDeviation: 2, using: &generator)
    check(x, mean: 5, variance: 4, fourth: 48)
  }

  @Test func truncatedNormalNumbersHaveTheirMoments() {
    var generator = RandomGenerator(seed: 7)
    let x = Tensor<Float>(truncatedNormal: [Self.count], standardDeviation: 3, using: &generator)
    // Cut off at two deviations of the uncut distribution, which the cut narrows to 0.8796; the fourth moment of the
    // cut distribution is 1.4162, so that of numbers of variance 1 is 2.3655.
    check(x, mean: 0, variance: 9, fourth: 81 * 2.3655)
    #expect(x.absolute().max().scalar <= 3 * 2 / 0.879_625 && x.absolute().max().scalar > 6.8)
  }

  @Test(arguments: [0, 0.1, 0.5, 0.8, 1]) func bernoulliHasItsProbability(probability: Double) {
    var generator = RandomGenerator(seed: 4)
    let mask = Tensor<Bool>(bernoulli: [Self.count], probability: probability, using: &generator)
    let share = Double(mask.scalars.count { $0 }) / Double(Self.count)
    let deviation = (probability * (1 - probability) / Double(Self.count)).squareRoot()
    #expect(abs(share - probability) <= 5 * deviation)
  }

  /// Elements 16 apart are decided by the same bits, their halves exchanged.
  @Test(arguments: [0.2, 0.5, 0.9]) func bernoulliNeighboursAreIndependent(probability: Double) {
    var generator = RandomGenerator(seed: 9)
    let mask = Tensor<Bool>(bernoulli: [Self.count + 32], probability: probability, using: &generator)
    let centered = mask.scalars.map { ($0 ? 1 : 0) - probability }
    let variance = probability * (1 - probability)
    for distance in [1, 8, 16, 32] {
      let covariance = (0..<Self.count).reduce(0) { $0 + centered[$1] * centered[$1 + distance] } / Double(Self.count)
      #expect(abs(covariance) < 5 * variance / Double(Self.count).squareRoot())
    }
  }

  /// Neighbours are uncorrelated: products of numbers of variance 1 have variance 1.
  @Test func neighboursAreIndependent() {
    var generator = RandomGenerator(seed: 5)
    let x = Tensor<Double>(normal: [Self.count + 8], using: &generator)
    for distance in 1...8 {
      let products = x[..<Self.count] * x[distance..<Self.count + distance]
      #expect(abs(products.mean().scalar) < 5 / Double(Self.count).squareRoot())
    }
  }

  @Test(arguments: [0, 1, 2, 3, 4, 5, 17]) func everyTensorTakesItsOwnPartOfTheStream(count: Int) {
    var generator = RandomGenerator(seed: 6)
    let first = Tensor<Float>(uniform: [count], using: &generator)
    let second = Tensor<Float>(uniform: [4], using: &generator)
    #expect(first.shape == [count])
    #expect(Set(first.scalars + second.scalars).count == count + 4)
  }

  /// The first numbers of a seed are fixed for ever: saved runs depend on them.
  @Test func aSeedGivesTheSameNumbersForEver() {
    var generator = RandomGenerator(seed: 0)
    let x = Tensor<Float>(uniform: [2], using: &generator)
    #expect(x.scalars == [Float(0x6627_e8) / 0x1p24, Float(0xe169_c5) / 0x1p24])
  }

  @Test func stopsAtWhatIsNoProbability() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      var generator = RandomGenerator(seed: 1)
      _ = Tensor<Bool>(bernoulli: [2], probability: 1.5, using: &generator)
    }
    expectMessage("bernoulli: 1.5 is no probability", in: result)
  }
}
