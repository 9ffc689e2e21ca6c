import Autograd
import NN
import Tensor
import TestSupport
import Testing

/// What `Sequential` computes together is what its layers compute one by one.
struct PlanTests {
  /// The layers of one model, so that both ways share them.
  private func model(_ layers: [any Layer]) throws -> Sequential {
    let model = try Sequential(input: [3, 12, 10], seed: 5, layers: layers)
    for (index, parameter) in model.parameters.enumerated() {
      parameter.value = parameter.value + sample(parameter.value.shape, seed: UInt64(index + 10)) * 0.1
    }
    return model
  }

  private func buffers(of model: Sequential) -> [Buffer] { model.namedBuffers.map(\.buffer) }

  private static func layers(_ activation: Activation, useBias: Bool = true) -> [any Layer] {
    [
      Conv2D(20, kernelSize: 3, padding: .same, activation: activation, useBias: useBias), MaxPool2D(2), Dropout(0.3),
      BatchNorm(), Conv2D(33, kernelSize: 3, padding: .same, activation: activation, useBias: useBias), BatchNorm(),
      Conv2D(16, kernelSize: 3, activation: activation), Dropout(0.2), Flatten(), Dense(4),
    ]
  }

  /// The same operations on the same numbers in the same order, so the same bits. Where a normalization follows the
  /// convolution, it is measured in other pieces, which changes the last bits of the statistics.
  @Test(arguments: [Activation.relu, .linear, .sigmoid], [true, false])
  func trainsAsTheLayersDo(activation: Activation, useBias: Bool) throws {
    let layers = Self.layers(activation, useBias: useBias)
    let model = try model(layers)
    let x = Variable(tracking: sample([3, 3, 12, 10]) as Tensor<Float>)
    let upstream = Variable(sample([3, 4], seed: 3) as Tensor<Float>)
    let statistics = buffers(of: model).map(\.value)
    let together = model(x, Context(.training, seed: 8))
    let after = buffers(of: model).map(\.value)
    for (buffer, value) in zip(buffers(of: model), statistics) { buffer.value = value }
    let context = Context(.training, seed: 8)
    let oneByOne = layers.reduce(x) { $1($0, context) }

    func agrees(_ found: Tensor<Float>, _ expected: Tensor<Float>) -> Bool {
      activation == .linear ? deviation(found, from: expected) < 1e-4 : found == expected
    }
    #expect(agrees(together.value, oneByOne.value))
    #expect(zip(after, buffers(of: model).map(\.value)).allSatisfy(agrees))
    let (found, expected) = ((together * upstream).sum().gradients(), (oneByOne * upstream).sum().gradients())
    for parameter in model.parameters {
      let gradient = try #require(found[parameter])
      #expect(agrees(gradient, try #require(expected[parameter])))
    }
    #expect(agrees(try #require(found[x]), try #require(expected[x])))
  }

  /// Checks that a model computes the values and gradients of its layers in training, bit for bit, and returns both gradients.
  @discardableResult
  private func checkTraining(
    _ model: Sequential, as layers: [any Layer], on x: Variable<Float>
  ) throws -> (found: Gradients<Float>, expected: Gradients<Float>) {
    let context = Context(.training, seed: 8)
    let (together, oneByOne) = (model(x, context), layers.reduce(x) { $1($0, context) })
    #expect(together.value == oneByOne.value)
    let (found, expected) = (together.sum().gradients(), oneByOne.sum().gradients())
    for parameter in model.parameters {
      let gradient = try #require(found[parameter])
      #expect(try gradient == #require(expected[parameter]))
    }
    return (found, expected)
  }

  /// A convolution that took the padding in front into its window still counts as one, with its weights to train.
  @Test func paddingInFrontOfConvolutionsInARow() throws {
    let layers: [any Layer] = [
      ZeroPad2D(1), Conv2D(4, kernelSize: 3), Conv2D(5, kernelSize: 1), Flatten(),
      Dense(2),
    ]
    let model = try model(layers)
    let x = Variable(sample([3, 3, 12, 10]) as Tensor<Float>)
    try checkTraining(model, as: layers, on: x)
    // The same sums in another order: each of up to 480 products is rounded once.
    let inferred = layers.reduce(x) { $1($0, Context(.inference)) }.value
    #expect(deviation(model(x.value), from: inferred) < 480 * 0x1p-24)
  }

  /// The gradient of a maximum among zeros goes to the first of them, which may lie around the image: that of the ReLU before
  /// is 0 there. Pooling by pairs, which a convolution takes into its own operation, still has the zeros.
  @Test(arguments: [Activation.relu, .linear], [true, false])
  func zerosInFrontOfMaxPooling(activation: Activation, isOfConvolution: Bool) throws {
    let around = ZeroPad2D(1)
    let behind = ZeroPad2D(top: 0, bottom: 1, left: 0, right: 1)
    for (padding, pooling) in [(around, MaxPool2D(3, stride: 2)), (around, MaxPool2D(2)), (behind, MaxPool2D(2))] {
      let first: [any Layer] =
        isOfConvolution
        ? [Conv2D(4, kernelSize: 3, activation: activation)]
        : [Conv2D(4, kernelSize: 3), ActivationLayer(activation)]
      let layers = first + [padding, pooling, Flatten(), Dense(2)]
      let model = try model(layers)
      let x = Variable(tracking: sample([3, 3, 12, 10]) as Tensor<Float>)
      let (found, expected) = try checkTraining(model, as: layers, on: x)
      #expect(try #require(found[x]) == #require(expected[x]))
      let inferred = layers.reduce(x) { $1($0, Context(.inference)) }.value
      #expect(deviation(model(x.value), from: inferred) < 480 * 0x1p-24)
    }
  }

  /// Each of the two normalizations, folded into a factor and a shift, has up to four other roundings. Their errors, 4u
  /// of the values with u = 2⁻²⁴, go through sums of products as the values do and stay 8u of their usual size, about 4.
  /// The largest of some dozen is up to four times the usual one: 128u.
  @Test(arguments: [Activation.relu, .linear, .sigmoid]) func infersAsTheLayersDo(activation: Activation) throws {
    let tolerance: Float = 128 * 0x1p-24
    let layers = Self.layers(activation)
    let model = try model(layers)
    for (index, buffer) in buffers(of: model).enumerated() {
      buffer.value = sample(buffer.value.shape, seed: UInt64(index + 40)).absolute() + 0.5
    }
    let x: Tensor<Float> = sample([3, 3, 12, 10])
    let oneByOne = { layers.reduce(Variable(x)) { $1($0, Context(.inference)) }.value }
    #expect(deviation(model(x), from: oneByOne()) < tolerance)
    // The transformed filters are kept; a changed weight makes new ones.
    let before = model(x)
    #expect(model(x) == before)
    model.parameters[4].value = model.parameters[4].value * 2
    #expect(deviation(model(x), from: oneByOne()) < tolerance)
    #expect(model(x) != before)
    model.parameters[4].update { $0.withUnsafeMutableScalars { for index in $0.indices { $0[index] *= 0.5 } } }
    // Doubled and halved again, the weight has its former bits.
    #expect(model(x) == before)
  }

  /// One block in every order of what follows a convolution.
  private static let orders: [[String]] = [
    ["norm", "relu", "pool"], ["norm", "pool", "relu"], ["relu", "norm", "pool"], ["relu", "pool", "norm"],
    ["pool", "norm", "relu"], ["pool", "relu", "norm"], ["norm", "relu", "norm"],
    ["norm", "norm", "relu", "pool", "norm"],
    ["norm", "add", "relu"], ["norm", "add", "relu", "pool"], ["relu", "add", "norm"], ["add", "norm", "relu"],
    ["add", "relu", "norm", "pool"], ["dropout", "norm", "relu"], ["norm", "sigmoid", "pool"],
    ["norm", "relu6", "norm"],
    ["noise", "norm", "relu"], ["norm", "spatial", "relu", "pool"], ["norm", "silu", "add"], ["norm", "add", "silu"],
    ["silu", "pool", "norm"], ["relu6", "norm", "add", "relu"], ["relu", "pool", "silu"], ["add", "add", "relu"],
  ]

  /// Joined steps give what the layers give one by one: in inference, in training, and with everything frozen.
  ///
  /// A normalization that is folded into the weights rounds each product another time. Winograd's transforms have errors
  /// of up to 2e-5 of the largest sum, of which folded and plain filters make different ones; two of them meet.
  @Test(arguments: orders, [3, 1]) func everyOrder(order: [String], kernelSize: Int) throws {
    let (inner, last) = (Input([4, 12, 12]), BatchNorm())
    var x = Conv2D(16, kernelSize: Size(kernelSize), padding: .same)(inner)
    let start = x
    x = Conv2D(16, kernelSize: Size(kernelSize), padding: .same)(x)
    for kind in order {
      switch kind {
      case "norm": x = BatchNorm()(x)
      case "relu": x = ActivationLayer(.relu)(x)
      case "relu6": x = ReLU(maximum: 6)(x)
      case "silu": x = ActivationLayer(.silu)(x)
      case "sigmoid": x = ActivationLayer(.sigmoid)(x)
      case "pool": x = MaxPool2D(2)(x)
      case "dropout": x = Dropout(0.2)(x)
      case "noise": x = GaussianNoise(0.1)(x)
      case "spatial": x = SpatialDropout2D(0.2)(x)
      default: x = x + start
      }
    }
    let model = try Model(input: inner, output: last(x), seed: 3)
    for (index, buffer) in model.namedBuffers.enumerated() {
      buffer.buffer.value = (sample(buffer.buffer.value.shape, seed: UInt64(index)) as Tensor<Float>).absolute() + 0.5
    }
    let images: Tensor<Float> = sample([2, 4, 12, 12])
    func oneByOne(_ context: Context) -> Variable<Float> {
      var values = [Variable(images)]
      for call in model.graph.calls {
        values += model.children[call.layer].layer.outputs(of: call.inputs.map { values[$0] }, context)
      }
      return values[values.count - 1]
    }
    let expected = oneByOne(Context(.inference)).value
    let bound: Float = 4e-5 * 4
    #expect(deviation(model(images), from: expected) < bound, "\(order) in inference")
    model.isTrainable = false
    #expect(model(Variable(images), Context(.training, seed: 1)).value.shape == expected.shape)
    if Set(order).isDisjoint(with: ["dropout", "noise", "spatial"]) {
      #expect(deviation(model(Variable(images), Context(.training)).value, from: expected) < bound, "\(order) frozen")
    }
    model.isTrainable = true
    let statistics = model.namedBuffers.map(\.buffer.value)
    let trained = model(Variable(images), Context(.training, seed: 2))
    for (buffer, value) in zip(model.namedBuffers, statistics) { buffer.buffer.value = value }
    let separate = oneByOne(Context(.training, seed: 2))
    #expect(deviation(trained.value, from: separate.value) < bound, "\(order) in training")
    let (found, wanted) = (trained.squared().sum().gradients(), separate.squared().sum().gradients())
    for (name, parameter) in model.namedParameters {
      let (gradient, expected) = (try #require(found[parameter]), try #require(wanted[parameter]))
      let scale = max(1, expected.absolute().max().scalar)
      #expect(deviation(gradient * (1 / scale), from: expected * (1 / scale)) < bound, "\(order): \(name)")
    }
  }

  /// A frozen convolution does not take an addition into its epilogue that a gradient flows through.
  @Test func gradientsPassAdditionsBehindFrozenConvolutions() throws {
    let input = Input([4, 6, 6])
    let frozen = Conv2D(8, kernelSize: 1)
    let trained = Conv2D(8, kernelSize: 1)
    let sum = ActivationLayer(.relu)(frozen(input) + trained(input))
    let model = try Model(input: input, output: Dense(2)(Flatten()(sum)), seed: 4)
    frozen.isTrainable = false
    let gradients = model(Variable(sample([2, 4, 6, 6]) as Tensor<Float>), Context(.training)).squared().sum()
      .gradients()
    let gradient = try #require(gradients[trained.weight])
    #expect(gradient.absolute().max().scalar > 0)
  }

  /// The addend of an epilogue has the shape of the result; one that is repeated is added behind it.
  @Test func repeatedAddendsAreAdded() throws {
    let input = Input([4, 6, 6])
    let weights = Conv2D(1, kernelSize: 1)(input)
    let model = try Model(
      input: input, output: ActivationLayer(.relu)(Conv2D(8, kernelSize: 1)(input) + weights), seed: 4)
    let images: Tensor<Float> = sample([2, 4, 6, 6])
    var values = [Variable(images)]
    for call in model.graph.calls {
      values += model.children[call.layer].layer.outputs(of: call.inputs.map { values[$0] }, Context(.inference))
    }
    #expect(model(images) == values[values.count - 1].value)
  }

  @Test func exactConvolutionsStayExact() throws {
    let exact = try Sequential(input: [16, 8, 8]) { Conv2D(16, kernelSize: 3, isExact: true) }
    let x: Tensor<Float> = dyadicSample([2, 16, 8, 8])
    exact.parameters[0].value = dyadicSample([16, 16, 3, 3], seed: 2)
    #expect(exact(x) == naiveConvolution(x, exact.parameters[0].value, window: Window(3)))
  }
}
