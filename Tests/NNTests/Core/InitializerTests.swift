import NN
import Tensor
import Testing

/// Distributions against their theory. Samples are judged by five standard deviations of what is estimated.
struct InitializerTests {
  private static let shape: Shape = [200, 1_000]
  private static let (fanIn, fanOut) = (30, 70)

  private func sample(_ initializer: Initializer, seed: UInt64 = 5) -> [Double] {
    var generator = RandomGenerator(seed: seed)
    return initializer(Self.shape, fanIn: Self.fanIn, fanOut: Self.fanOut, using: &generator).scalars.map(Double.init)
  }

  private static let uniforms: [(Initializer, Double)] = [
    (.glorotUniform, 2.0 / 100), (.heUniform, 2.0 / 30), (.lecunUniform, 1.0 / 30),
    (.varianceScaling(scale: 3, fan: .fanOut, isUniform: true), 3.0 / 70),
  ]

  @Test(arguments: uniforms)
  func uniform(initializer: Initializer, variance: Double) throws {
    let values = sample(initializer)
    let limit = (3 * variance).squareRoot()
    let (low, high) = (try #require(values.min()), try #require(values.max()))
    // The limit itself is rounded to Float.
    #expect(low >= -limit * 1.000_001 && high <= limit * 1.000_001)
    #expect(low < -0.999 * limit && high > 0.999 * limit)
    expectMoments(values, variance: variance)
  }

  private static let normals: [(Initializer, Double)] = [
    (.glorotNormal, 2.0 / 100), (.heNormal, 2.0 / 30), (.lecunNormal, 1.0 / 30),
    (.varianceScaling(scale: 2, fan: .fanOut), 2.0 / 70), (.varianceScaling(scale: 2, fan: .mean), 2.0 / 50),
  ]

  @Test(arguments: normals)
  func truncatedNormal(initializer: Initializer, variance: Double) throws {
    let values = sample(initializer)
    // Cut off at two deviations of the distribution before the cut, which made it narrower.
    let limit = 2 * variance.squareRoot() / 0.879_625_66
    #expect(try #require(values.lazy.map(\.magnitude).max()) <= limit * 1.000_001)
    expectMoments(values, variance: variance)
  }

  /// The mean deviates by σ/√n and the variance by less than the σ²√(2/n) of a normal distribution.
  private func expectMoments(_ values: [Double], variance: Double) {
    let count = Double(values.count)
    let mean = values.reduce(0, +) / count
    let found = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count
    #expect(abs(mean) < 5 * (variance / count).squareRoot())
    #expect(abs(found - variance) < 5 * variance * (2 / count).squareRoot())
  }

  @Test func constants() {
    #expect(Set(sample(.zeros)) == [0])
    #expect(Set(sample(.ones)) == [1])
    #expect(Set(sample(.constant(0.25))) == [0.25])
  }

  @Test func aSeedGivesTheSameBits() {
    #expect(sample(.glorotUniform, seed: 1) == sample(.glorotUniform, seed: 1))
    #expect(sample(.glorotUniform, seed: 1) != sample(.glorotUniform, seed: 2))
    #expect(sample(.heNormal, seed: 1) == sample(.heNormal, seed: 1))
  }

  @Test func layersUseTheirFans() throws {
    // Glorot: √(6 / (9·4 + 9·64)) for 64 filters over 8 channels in 2 groups, as Keras counts fans.
    let convolution = Conv2D(64, kernelSize: 3, groups: 2)
    let dense = Dense(500, initializer: .heUniform)
    var generator = RandomGenerator(seed: 2)
    _ = try convolution.build(inputShape: [8, 9, 9], using: &generator)
    _ = try dense.build(inputShape: [40], using: &generator)
    expectLimit(convolution.weight.value, (6.0 / (9 * 4 + 9 * 64)).squareRoot())
    expectLimit(dense.weight.value, (6.0 / 40).squareRoot())
    #expect(convolution.bias?.value == Tensor(zeros: [64]))
    #expect(dense.bias?.value == Tensor(zeros: [500]))
  }

  private func expectLimit(_ weight: Tensor<Float>, _ limit: Double) {
    let largest = Double(weight.absolute().max().scalar)
    #expect(largest <= limit * 1.000_001 && largest > 0.99 * limit)
  }
}
