import Autograd
import NN
import Tensor
import Testing

/// Layers of noise: their distribution in training, and that they do nothing in inference.
struct NoiseTests {
  @Test func dropoutSharesItsChoiceAlongAxes() throws {
    let layer = Dropout(0.25, noiseShape: [nil, 1, nil])
    var generator = RandomGenerator(seed: 1)
    _ = try layer.build(inputShape: [4, 6], using: &generator)
    let x = Tensor<Float>(uniform: [500, 4, 6], in: 1..<2, using: &generator)
    let y = layer(Variable(x), Context(.training, seed: 2)).value
    let kept = y / x
    #expect(Set(kept.scalars.map { ($0 * 1_000).rounded() }) == [0, 1_333])
    for time in 1..<4 {
      #expect(kept.select(time, axis: 1).scalars.map { $0 > 0 } == kept.select(0, axis: 1).scalars.map { $0 > 0 })
    }
    // Of 3,000 choices a quarter is dropped, within 5 deviations of 24.
    #expect((630...870).contains(kept.select(0, axis: 1).scalars.count { $0 == 0 }))
    #expect(layer(x) == x)
  }

  @Test func stochasticDepth() throws {
    let layer = Dropout(0.5, noiseShape: [nil, 1, 1, 1])
    let x = Variable(tracking: Tensor<Float>(ones: [64, 2, 3, 3]))
    let y = layer(x, Context(.training, seed: 2))
    let images = (0..<64).map { Set(y.value.select($0).scalars) }
    #expect(images.allSatisfy { $0 == [0] || $0 == [2] })
    #expect(Set(images) == [[0], [2]])
    #expect(y.sum().gradients()[x] == y.value)
  }

  @Test func everythingIsDropped() throws {
    let x = Tensor<Float>(ones: [2, 3])
    #expect(Dropout(1)(Variable(x), Context(.training)).value == Tensor(zeros: [2, 3]))
    #expect(Dropout(1, noiseShape: [2, 1])(Variable(x), Context(.training)).value == Tensor(zeros: [2, 3]))
  }

  @Test func spatialDropoutDropsWholeChannels() throws {
    var generator = RandomGenerator(seed: 1)
    let image = SpatialDropout2D(0.5)
    #expect(try image.build(inputShape: [5, 3, 4], using: &generator) == [5, 3, 4])
    let y = image(Variable(Tensor<Float>(ones: [40, 5, 3, 4])), Context(.training, seed: 2)).value
    let channels = (0..<40).flatMap { n in (0..<5).map { Set(y.select(n).select($0).scalars) } }
    #expect(channels.allSatisfy { $0 == [0] || $0 == [2] })
    // Of 200 half, within 5 deviations of 7.
    #expect((65...135).contains(channels.count { $0 == [0] }))
    let sequence = SpatialDropout1D(0.5)
    #expect(try sequence.build(inputShape: [6, 5], using: &generator) == [6, 5])
    let z = sequence(Variable(Tensor<Float>(ones: [40, 6, 5])), Context(.training, seed: 2)).value
    for feature in 0..<5 {
      for example in 0..<40 { #expect(Set(z.select(example).select(feature, axis: 1).scalars).count == 1) }
    }
    #expect(image.children.isEmpty && sequence.children.isEmpty)
  }

  /// Mean and variance of 40,000 numbers, within 5 deviations.
  @Test func moments() throws {
    let x = Tensor<Float>(repeating: 2, shape: [200, 200])
    func moments(_ layer: any Layer) -> (mean: Double, variance: Double) {
      let y = layer(Variable(x), Context(.training, seed: 9)).value.toDouble()
      return (y.mean().scalar, y.variance().scalar)
    }
    let noise = moments(GaussianNoise(0.5))
    #expect(abs(noise.mean - 2) <= 5 * 0.5 / 200)
    #expect(abs(noise.variance - 0.25) <= 5 * 0.25 * (2.0 / 40_000).squareRoot())
    let dropout = moments(GaussianDropout(0.2))
    #expect(abs(dropout.mean - 2) <= 5 * 1 / 200)
    #expect(abs(dropout.variance - 1) <= 5 * (2.0 / 40_000).squareRoot())
    // With mean 0 and variance 1 it keeps both.
    var generator = RandomGenerator(seed: 3)
    let normal = Tensor<Float>(normal: [200, 200], using: &generator)
    let alpha = AlphaDropout(0.3)(Variable(normal), Context(.training, seed: 4)).value.toDouble()
    #expect(abs(alpha.mean().scalar) <= 5 / 200.0)
    #expect(abs(alpha.variance().scalar - 1) <= 0.05)
    for layer in [GaussianNoise(0.5), GaussianDropout(0.2), AlphaDropout(0.3)] as [any Layer] { #expect(layer(x) == x) }
  }

  /// The values that Keras's formula gives for kept and for dropped elements.
  @Test func alphaDropoutHasTwoValues() {
    let y = AlphaDropout(0.5, noiseShape: [nil, 1])(
      Variable(Tensor<Float>(ones: [100, 3])), Context(.training, seed: 1)
    ).value
    let saturation = -1.6732632423543772 * 1.0507009873554805
    let a = 1 / (0.5 * (1 + 0.5 * saturation * saturation)).squareRoot()
    let b = -a * saturation * 0.5
    for row in 0..<100 {
      let values = Set(y.select(row).scalars)
      #expect(values.count == 1)
      let value = Double(values.first ?? .nan)
      #expect(min(abs(value - (a + b)), abs(value - (a * saturation + b))) <= 4 * 0x1p-23)
    }
  }

  @Test func gradientsAreThoseOfTheNoise() {
    let x = Variable(tracking: Tensor<Float>(repeating: 3, shape: [5, 4]))
    let y = GaussianDropout(0.4)(x, Context(.training, seed: 1))
    let gradient = y.sum().gradients()[x]
    #expect(gradient.map { ($0 * 3 - y.value).absolute().max().scalar <= 4 * 0x1p-23 } ?? false)
    let alpha = AlphaDropout(0.4)(x, Context(.training, seed: 1))
    let kept = alpha.sum().gradients()[x]?.scalars ?? []
    #expect(Set(kept).count == 2 && kept.contains(0))
    #expect(GaussianNoise(1)(x, Context(.training)).sum().gradients()[x] == Tensor(ones: [5, 4]))
  }

  @Test func impossibleConfigurations() {
    func refuses(_ layer: any Layer, _ input: Shape, _ reason: String) {
      var generator = RandomGenerator(seed: 1)
      let error = #expect(throws: LayerError.self) { try layer.build(inputShape: input, using: &generator) }
      #expect(error?.reason == reason)
    }
    refuses(
      Dropout(0.1, noiseShape: [nil, 2]), [3],
      "the noise shape is [nil, 2]; it needs an axis for each of the batch, nil, 1 or as long as that")
    refuses(
      AlphaDropout(0.1, noiseShape: [nil]), [3],
      "the noise shape is [nil]; it needs an axis for each of the batch, nil, 1 or as long as that")
    refuses(GaussianNoise(-1), [3], "the standard deviation is -1.0, it must be 0 or more")
    refuses(GaussianDropout(1), [3], "the rate is 1.0, it must lie in [0, 1)")
    refuses(SpatialDropout1D(0.1), [3], "a sequence [T, F] is needed")
    refuses(SpatialDropout2D(0.1), [3, 4], "an image [C, H, W] is needed")
  }
}
