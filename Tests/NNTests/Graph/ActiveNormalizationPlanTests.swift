import Autograd
import NN
import Tensor
import TestSupport
import Testing

/// A plan that joins normalizations with the sums and activations behind them computes what the layers do one by one.
struct ActiveNormalizationPlanTests {
  private let convolutions = [
    Conv2D(20, kernelSize: 3, padding: .same, useBias: false), Conv2D(20, kernelSize: 1, useBias: false),
    Conv2D(33, kernelSize: 3, stride: 2, padding: .same, useBias: false), Conv2D(16, kernelSize: 1, useBias: false),
    Conv2D(16, kernelSize: 3, padding: .same, useBias: false),
  ]
  private let norms = [BatchNorm(), BatchNorm(), BatchNorm(), BatchNorm(), BatchNorm()]
  private let last = Activation.silu

  /// Two normalized branches that meet, as in ResNet; a bounded rectifier, as in MobileNet; a sum without an activation; and
  /// SiLU.
  private func model() throws -> Model {
    let image = Input([3, 10, 9])
    let left = norms[0](convolutions[0](image))
    let right = norms[1](convolutions[1](image))
    let sum = ActivationLayer(.relu)(left + right)
    let bounded = ActivationLayer(.boundedReLU(maximum: 1.5))(norms[2](convolutions[2](sum)))
    let narrow = ActivationLayer(last)(norms[3](convolutions[3](bounded)))
    return try Model(input: image, output: norms[4](convolutions[4](narrow)) + narrow, seed: 3)
  }

  private func oneByOne(_ x: Variable<Float>, _ context: Context) -> Variable<Float> {
    let left = norms[0](convolutions[0](x, context), context)
    let right = norms[1](convolutions[1](x, context), context)
    let sum = (left + right).relu()
    let third = norms[2](convolutions[2](sum, context), context)
    let bounded = Activation.boundedReLU(maximum: 1.5)(third)
    let narrow = last(norms[3](convolutions[3](bounded, context), context))
    return norms[4](convolutions[4](narrow, context), context) + narrow
  }

  /// The factors of a normalization are rounded once more or less; of the dozen layers each changes its values by a few units,
  /// and sums of up to 450 terms of the gradients add to that.
  private let tolerance: Float = 1e-4

  @Test(arguments: [false, true]) func trainsAsTheLayersDo(freezes: Bool) throws {
    let model = try model()
    for norm in norms {
      norm.scale?.value = sample(norm.runningMean.value.shape, seed: 4) * 0.2 + 1
      norm.shift?.value = sample(norm.runningMean.value.shape, seed: 5) * 0.2
    }
    if freezes { for norm in norms { norm.isTrainable = false } }
    let x = Variable(tracking: sample([4, 3, 10, 9]) as Tensor<Float>)
    let statistics = norms.map { [$0.runningMean.value, $0.runningVariance.value] }
    let together = model(x, Context(.training, seed: 1))
    let after = norms.map { [$0.runningMean.value, $0.runningVariance.value] }
    for (norm, values) in zip(norms, statistics) {
      (norm.runningMean.value, norm.runningVariance.value) = (values[0], values[1])
    }
    let expected = oneByOne(x, Context(.training, seed: 1))
    #expect(deviation(together.value, from: expected.value) < tolerance)
    for (norm, values) in zip(norms, after) {
      #expect(deviation(values[0], from: norm.runningMean.value) < tolerance)
      #expect(deviation(values[1], from: norm.runningVariance.value) < tolerance)
    }
    let upstream = Variable(sample(together.shape, seed: 6) as Tensor<Float>)
    let (found, wanted) = ((together * upstream).sum().gradients(), (expected * upstream).sum().gradients())
    for parameter in model.parameters where parameter.isTrainable {
      let gradient = try #require(wanted[parameter])
      let size = gradient.absolute().max().scalar
      #expect(deviation(try #require(found[parameter]) / size, from: gradient / size) < tolerance)
    }
    let gradient = try #require(wanted[x])
    let size = gradient.absolute().max().scalar
    #expect(deviation(try #require(found[x]) / size, from: gradient / size) < tolerance)
  }

  /// Enough pixels for the gradients of input and filters to be computed together, block by block.
  @Test(arguments: [false, true]) func trainsPixelsAndChannelsAsTheLayersDo(tracksInput: Bool) throws {
    let layers: [any Layer] = [
      Conv2D(16, kernelSize: 1, useBias: false), BatchNorm(), ReLU(), DepthwiseConv2D(kernelSize: 3, stride: 2),
      BatchNorm(), ActivationLayer(.silu), Conv2D(9, kernelSize: 1), BatchNorm(),
    ]
    let model = try Sequential(input: [3, 66, 65], seed: 5, layers: layers)
    let values: Tensor<Float> = sample([2, 3, 66, 65])
    let x = tracksInput ? Variable(tracking: values) : Variable(values)
    let together = model(x, Context(.training, seed: 1))
    let context = Context(.training, seed: 1)
    let expected = layers.reduce(x) { $1($0, context) }
    #expect(deviation(together.value, from: expected.value) < tolerance)
    let upstream = Variable(sample(together.shape, seed: 6) as Tensor<Float>)
    let (found, wanted) = ((together * upstream).sum().gradients(), (expected * upstream).sum().gradients())
    // A bias in front of a normalization has the gradient 0: the size is that of the largest of the layer.
    let size = try model.parameters.map { try #require(wanted[$0]).absolute().max().scalar }.max() ?? 1
    for parameter in model.parameters {
      let gradient = try #require(wanted[parameter])
      #expect(deviation(try #require(found[parameter]) / size, from: gradient / size) < tolerance)
    }
    guard tracksInput else { return }
    let gradient = try #require(wanted[x])
    #expect(deviation(try #require(found[x]) / size, from: gradient / size) < tolerance)
  }

  @Test func infersAsTheLayersDo() throws {
    let model = try model()
    let x: Tensor<Float> = sample([2, 3, 10, 9])
    #expect(deviation(model(x), from: oneByOne(Variable(x), Context(.inference)).value) < tolerance)
  }
}
