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

  static let uniformKinds: [(Initializer, Double)] = [
    (.glorotUniform, 2.0 / 100), (.heUniform, 2.0 / 30), (.lecunUniform, 1.0 / 30),
    (.varianceScaling(scale: 3, fan: .out, distribution: .uniform), 3.0 / 70),
  ]

  @Test(arguments: uniformKinds)
  func uniform(initializer: Initializer, variance: Double) throws {
    let values = sample(initializer)
    let limit = (3 * variance).squareRoot()
    let (low, high) = (try #require(values.min()), try #require(values.max()))
    // The limit itself is rounded to Float.
    #expect(low >= -limit * 1.000_001 && high <= limit * 1.000_001)
    #expect(low < -0.999 * limit && high > 0.999 * limit)
    expectMoments(values, variance: variance)
  }

  /// What is left of a variance when a normal distribution is cut at two deviations.
  static let leftOfVariance = 0.773_741_3

  static let normalKinds: [(Initializer, Double)] = [
    (.glorotNormal, 2.0 / 100), (.heNormal, 2.0 / 30), (.lecunNormal, 1.0 / 30),
    (.varianceScaling(scale: 0.5, fan: .average), 0.01),
    (.truncatedNormal(standardDeviation: 0.2), 0.04 * leftOfVariance),
  ]

  @Test(arguments: normalKinds)
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

  static let shiftedKinds: [(Initializer, Double, Double)] = [
    (.normal(mean: 3, standardDeviation: 0.2), 3, 0.04),
    (.truncatedNormal(mean: -1, standardDeviation: 0.2), -1, 0.04 * leftOfVariance),
    (.uniform(low: 1, high: 4), 2.5, 0.75),
    (.varianceScaling(scale: 2, fan: .in, distribution: .normal), 0, 2.0 / 30),
  ]

  @Test(arguments: shiftedKinds)
  func meansAndVariances(initializer: Initializer, mean: Double, variance: Double) throws {
    let values = sample(initializer).map { $0 - mean }
    expectMoments(values, variance: variance)
    // Of 200,000 numbers some are beyond three deviations, unless the distribution is cut.
    let isCut = values.allSatisfy { $0.magnitude < 3 * variance.squareRoot() }
    switch initializer {
    case .normal, .varianceScaling: #expect(!isCut)
    default: #expect(isCut)
    }
  }

  @Test func identities() {
    var generator = RandomGenerator(seed: 1)
    let wide = Initializer.identity(gain: 2)([2, 3], fanIn: 2, fanOut: 3, using: &generator)
    #expect(wide == Tensor(shape: [2, 3], scalars: [2, 0, 0, 0, 2, 0]))
    let high = Initializer.identity()([3, 2], fanIn: 3, fanOut: 2, using: &generator)
    #expect(high == Tensor(shape: [3, 2], scalars: [1, 0, 0, 1, 0, 0]))
  }

  /// A mistake in the description of a model, so an error that names the layer.
  @Test func whatAnInitializerCannotMakeIsAnError() {
    func message(_ layer: any Layer, _ input: Shape) -> String {
      let error = #expect(throws: LayerError.self) { try Sequential(input: input, layers: [layer]) }
      return error.map { "\($0)" } ?? ""
    }
    let filters = message(Conv2D(3, kernelSize: 1, initializer: .identity()), [3, 4, 4])
    #expect(filters.contains("conv2d"))
    #expect(
      filters.contains("its weight has no first value: the identity is that of a matrix, found the shape [3, 3, 1, 1]"))
    #expect(
      message(LSTM(2, RecurrentOptions(biasInitializer: .identity())), [4, 3]).contains("its bias has no first value"))
    #expect(message(DepthwiseConv2D(kernelSize: 3, initializer: .identity()), [3, 4, 4]).contains("[3, 1, 3, 3]"))
    for (initializer, text) in [
      (Initializer.uniform(low: 1, high: 0), "the bounds are 1.0 and 0.0"),
      (.uniform(low: 0, high: .nan), "the bounds are"),
      (.normal(standardDeviation: -1), "the standard deviation is -1.0"),
      (.truncatedNormal(standardDeviation: .nan), "the standard deviation is nan"),
      (.varianceScaling(scale: -2), "the scale is -2.0"),
    ] {
      #expect(message(Dense(2, initializer: initializer), [3]).contains(text), "\(initializer)")
    }
    #expect(throws: Never.self) { try Sequential(input: [3]) { Dense(2, initializer: .uniform(low: 1, high: 1)) } }
  }

  /// The rows of a matrix are orthogonal and have length `gain`.
  private func expectOrthogonal(_ rows: Tensor<Float>, gain: Double) {
    let products = rows.matmul(rows.transposed()).scalars
    let count = rows.shape[0]
    for (index, product) in products.enumerated() {
      let expected = index / count == index % count ? gain * gain : 0
      // Sums of up to 27 products, each rounded to 2⁻²⁴ of gain², of numbers that are rounded too.
      #expect(abs(Double(product) - expected) <= 100 * 0x1p-24 * gain * gain)
    }
  }

  @Test func orthogonalFilters() throws {
    var generator = RandomGenerator(seed: 4)
    let initializer = Initializer.orthogonal(gain: 1.5)
    let few = Conv2D(8, kernelSize: 3, initializer: initializer)
    _ = try few.build(inputShape: [3, 5, 5], using: &generator)
    expectOrthogonal(few.weight.value.reshaped(to: [8, 27]), gain: 1.5)
    let many = Conv1D(9, kernelSize: 2, initializer: initializer)
    _ = try many.build(inputShape: [5, 3], using: &generator)
    expectOrthogonal(many.weight.value.reshaped(to: [9, 6]).transposed(), gain: 1.5)
    // Keras's kernel is [kh · kw · C, M] as a matrix.
    let depthwise = DepthwiseConv2D(kernelSize: 3, depthMultiplier: 2, initializer: initializer)
    _ = try depthwise.build(inputShape: [3, 5, 5], using: &generator)
    let filters = depthwise.weight.value.reshaped(to: [3, 2, 9]).permuted([1, 0, 2]).reshaped(to: [2, 27])
    expectOrthogonal(filters, gain: 1.5)
  }

  @Test func everyWeightOfALayerHasAnInitializer() throws {
    func values(_ layer: any Layer, _ input: Shape) throws -> [String: Tensor<Float>] {
      var generator = RandomGenerator(seed: 1)
      _ = try layer.build(as: "layer", inputShape: input, using: &generator)
      return layer.state
    }
    let norm = try values(
      BatchNorm(
        scaleInitializer: .constant(2), shiftInitializer: .constant(3), meanInitializer: .constant(4),
        varianceInitializer: .constant(5)), [2])
    #expect(norm.mapValues { $0.scalars[0] } == ["scale": 2, "shift": 3, "runningMean": 4, "runningVariance": 5])
    for layer in [
      LayerNorm(scaleInitializer: .constant(2), shiftInitializer: .constant(3)) as any Layer,
      GroupNorm(groups: 1, scaleInitializer: .constant(2), shiftInitializer: .constant(3)),
    ] {
      #expect(try values(layer, [2]).mapValues { $0.scalars[0] } == ["scale": 2, "shift": 3])
    }
    let options = RecurrentOptions(
      initializer: .zeros, recurrentInitializer: .identity(gain: 3), biasInitializer: .constant(7))
    #expect(try values(SimpleRNN(2, options), [4, 3])["bias"] == Tensor([7, 7]))
    #expect(try values(GRU(1, options), [4, 3])["bias"] == Tensor(repeating: 7, shape: [2, 3]))
    #expect(try values(LSTM(2, options), [4, 3])["bias"] == Tensor([7, 7, 1, 1, 7, 7, 7, 7]))
    #expect(try values(LSTM(1, unitForgetBias: false, options), [4, 3])["bias"] == Tensor([7, 7, 7, 7]))
    let attention = try values(MultiHeadAttention(heads: 1, keyFeatures: 2, biasInitializer: .ones), [4, 2])
    #expect(attention.filter { $0.key.hasSuffix("bias") }.allSatisfy { $0.value == Tensor([1, 1]) })
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
