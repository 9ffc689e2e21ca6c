import Autograd
import NN
import Tensor
import Testing

/// Normalizations of each example, and by statistics of the data. Keras's numbers for them are drawn in ModelFormatsTests.
struct NormalizationLayersTests {
  private func built(_ layer: any Layer, _ shape: Shape) throws {
    var generator = RandomGenerator(seed: 1)
    #expect(try layer.build(inputShape: shape, using: &generator) == shape)
  }

  /// Sums of at most 60 terms, each rounded to 2⁻²⁴ of numbers around 1.
  static let tolerance: Float = 60 * 0x1p-24

  private func expectStandard(_ rows: [[Float]], sourceLocation: SourceLocation = #_sourceLocation) {
    for row in rows {
      let mean = row.reduce(0, +) / Float(row.count)
      let variance = row.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Float(row.count)
      #expect(abs(mean) <= Self.tolerance && abs(variance - 1) <= 1e-3, sourceLocation: sourceLocation)
    }
  }

  @Test func layerNorm() throws {
    let images = hashed([2, 5, 3, 4], seed: 1, limit: 3) + 1
    let layer = LayerNorm(epsilon: 0)
    try built(layer, [5, 3, 4])
    #expect(layer.scale?.value.shape == [5])
    let y = layer(images)
    expectStandard(
      (0..<2).flatMap { n in (0..<12).map { y.select(n).reshaped(to: [5, 12] as Shape).select($0, axis: 1).scalars } })
    let whole = LayerNorm(axes: [-3, 2, 3], epsilon: 0)
    try built(whole, [5, 3, 4])
    #expect(whole.scale?.value.shape == [5, 3, 4])
    expectStandard((0..<2).map { whole(images).select($0).scalars })
    let rows = LayerNorm(axes: [2], epsilon: 0, useShift: false)
    try built(rows, [5, 3, 4])
    #expect(rows.scale?.value.shape == [1, 3, 1] && rows.shift == nil)
    rows.scale?.value = Tensor([1, 2, 3]).reshaped(to: [1, 3, 1] as Shape)
    let scaled = rows(images) / Tensor<Float>([1, 2, 3]).reshaped(to: [3, 1] as Shape)
    expectStandard((0..<4).map { scaled.select(0).select(0).select($0, axis: 1).scalars })
    let sequence = LayerNorm(epsilon: 0, useScale: false)
    try built(sequence, [3, 6])
    expectStandard((0..<3).map { sequence(hashed([1, 3, 6], seed: 2)).select(0).select($0).scalars })
  }

  @Test func groupNorm() throws {
    let images = hashed([2, 6, 3, 2], seed: 1, limit: 3) + 1
    let layer = GroupNorm(groups: 2, epsilon: 0)
    try built(layer, [6, 3, 2])
    #expect(layer.scale?.value.shape == [6])
    let y = layer(images)
    expectStandard((0..<2).flatMap { n in [0..<3, 3..<6].map { y.select(n).slice($0, axis: 0).scalars } })
    let instance = GroupNorm(groups: nil, epsilon: 0)
    try built(instance, [6, 3, 2])
    expectStandard((0..<6).map { instance(images).select(1).select($0).scalars })
    let sequence = GroupNorm(groups: 2, epsilon: 0)
    try built(sequence, [4, 6])
    let z = sequence(hashed([1, 4, 6], seed: 3)).select(0)
    expectStandard([z.slice(0..<3, axis: 1).scalars, z.slice(3..<6, axis: 1).scalars])
  }

  @Test func unitAndRMSNorm() throws {
    let x = hashed([3, 4, 5], seed: 1)
    let unit = UnitNorm()
    try built(unit, [4, 5])
    let lengths = unit(x).squared().sum([2]).scalars
    #expect(lengths.allSatisfy { abs($0 - 1) <= Self.tolerance })
    let root = RMSNorm(epsilon: 0)
    try built(root, [4, 5])
    #expect(root(x).squared().mean([2]).scalars.allSatisfy { abs($0 - 1) <= Self.tolerance })
  }

  /// The features of a sequence are channels: the same as a batch of all times.
  @Test func batchNormOfSequences() throws {
    let (sequence, features) = (BatchNorm(), BatchNorm())
    try built(sequence, [3, 4])
    try built(features, [4])
    let x = hashed([5, 3, 4], seed: 1, limit: 2)
    for mode in [Context.Mode.training, .inference] {
      let y = sequence(Variable(x), Context(mode)).value
      let expected = features(Variable(x.reshaped(to: [15, 4] as Shape)), Context(mode)).value
      #expect(y.scalars == expected.scalars)
    }
    #expect(sequence.runningMean.value == features.runningMean.value)
  }

  @Test func adapting() throws {
    var generator = RandomGenerator(seed: 3)
    let images = Tensor<Float>(normal: [40, 3, 4, 5], mean: 7, standardDeviation: 2, using: &generator)
    let layer = DataNorm()
    try layer.adapt(to: images)
    #expect(layer.mean.value.shape == [3])
    let y = layer(images)
    for channel in 0..<3 {
      let values = y.select(channel, axis: 1).toDouble()
      #expect(abs(values.mean().scalar) <= 1e-5 && abs(values.variance().scalar - 1) <= 1e-5)
    }
    // In batches of any size the same, up to rounding.
    let batches = DataNorm()
    try batches.adapt(to: [images.slice(0..<1, axis: 0), images.slice(1..<40, axis: 0)])
    #expect((batches.mean.value - layer.mean.value).absolute().max().scalar <= 1e-5)
    #expect((batches.variance.value - layer.variance.value).absolute().max().scalar <= 1e-5)
    // Built as a part of a model it keeps them, and they are buffers.
    let mean = layer.mean.value
    _ = try Sequential(input: [3, 4, 5], layers: [layer])
    #expect(layer.mean.value == mean)
    #expect(layer.namedBuffers.map(\.name) == ["mean", "variance"] && layer.parameters.isEmpty)

    let inverse = DataNorm(
      mean: layer.mean.value, variance: layer.variance.value, isInverse: true)
    try built(inverse, [3, 4, 5])
    #expect((inverse(y) - images).absolute().max().scalar <= 1e-4)
    let single = DataNorm(axes: [])
    try single.adapt(to: images)
    #expect(single.mean.value.shape == [] && abs(single.mean.value.scalar - 7) < 0.5)
    let pixels = DataNorm(axes: [2, 3])
    try pixels.adapt(to: images)
    #expect(pixels.mean.value.shape == [1, 4, 5])
    #expect(pixels(images).mean([0, 1]).absolute().max().scalar <= 1e-5)
    #expect(throws: LayerError.self) { try inverse.adapt(to: images) }
    #expect(throws: LayerError.self) { try DataNorm().adapt(to: [] as [Tensor<Float>]) }
    #expect(throws: LayerError.self) { try layer.adapt(to: Tensor(zeros: [4, 2, 4, 5])) }
  }

  @Test func rescalingByChannel() throws {
    let layer = Rescaling([1, 2, 3], offset: [0, 0, -1])
    try built(layer, [3, 2, 2])
    let y = layer(Tensor<Float>(ones: [1, 3, 2, 2]))
    #expect(y.select(2, axis: 1).scalars == [2, 2, 2, 2] && y.select(1, axis: 1).scalars == [2, 2, 2, 2])
    let sequence = Rescaling([1, 2], offset: [1])
    try built(sequence, [3, 2])
    #expect(sequence(Tensor<Float>(ones: [1, 3, 2])).scalars == [2, 3, 2, 3, 2, 3])
    var generator = RandomGenerator(seed: 1)
    #expect(throws: LayerError.self) { try layer.build(inputShape: [4, 2, 2], using: &generator) }
  }

  @Test func impossibleConfigurations() {
    func refuses(_ layer: any Layer, _ input: Shape, _ reason: String) {
      var generator = RandomGenerator(seed: 1)
      let error = #expect(throws: LayerError.self) { try layer.build(inputShape: input, using: &generator) }
      #expect(error?.reason == reason)
    }
    refuses(LayerNorm(axes: [0]), [3], "the axes are [0]; axes of a batch from 1 to 1 are needed, each once")
    refuses(UnitNorm(axes: [1, -1]), [3], "the axes are [1, -1]; axes of a batch from 1 to 1 are needed, each once")
    refuses(GroupNorm(groups: 4), [6, 2, 2], "6 channels cannot be divided into 4 groups")
    refuses(RMSNorm(epsilon: -1), [3], "epsilon is -1.0, it must be 0 or more")
  }
}
