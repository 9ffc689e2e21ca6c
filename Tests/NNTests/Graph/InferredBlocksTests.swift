import Autograd
import NN
import Tensor
import TestSupport
import Testing

/// Blocks of known networks, whose layers inference joins, give what their layers give one by one.
struct InferredBlocksTests {
  /// Draws weights and statistics of usual size, compares, changes a value, and compares again.
  private func check(_ model: Model, on images: Tensor<Float>, bound: Float, _ name: String) {
    for (index, parameter) in model.parameters.enumerated() {
      parameter.value = parameter.value + sample(parameter.value.shape, seed: UInt64(index + 10)) * 0.1
    }
    for (index, buffer) in model.namedBuffers.enumerated() {
      buffer.buffer.value = (sample(buffer.buffer.value.shape, seed: UInt64(index)) as Tensor<Float>).absolute() + 0.5
    }
    func oneByOne() -> Tensor<Float> {
      var values = [Variable(images)]
      for call in model.graph.calls {
        values += model.children[call.layer].layer.outputs(
          of: call.inputs.map { values[$0] }, Context(.inference))
      }
      return values[values.count - 1].value
    }
    for _ in 0..<2 {
      let expected = oneByOne()
      let scale = max(1, expected.absolute().max().scalar)
      #expect(deviation(model(images), from: expected) < bound * scale, "\(name)")
      for parameter in model.parameters { parameter.value = parameter.value * 1.25 }
    }
    let results = resultsOnEveryThreadCount { model(images).scalars.map(\.bitPattern) }
    #expect(results.allSatisfy { $0 == results[0] }, "\(name)")
  }

  /// Sums of up to 512 products, each rounded once more in another order.
  private let bound: Float = 512 * 0x1p-24

  /// ConvNeXt: layers on pixels with GELU, the factor of each channel, and the sum.
  @Test func layersOnPixels() throws {
    let image = Input([24, 9, 7])
    var y = LayerNorm()(Conv2D(24, kernelSize: 7, padding: .same, groups: 24)(image))
    y = ActivationLayer(.gelu)(Dense(96, actsOnPixels: true)(y))
    y = LayerScale(initialValue: 0.3)(Dense(24, actsOnPixels: true)(y))
    let model = try Model(input: image, output: image + ActivationLayer(.linear)(y), seed: 2)
    check(model, on: sample([3, 24, 9, 7]), bound: bound, "ConvNeXt")
  }

  /// An activation that no epilogue has, and one that follows the sum.
  @Test func activationsOfLayersOnPixels() throws {
    let image = Input([17, 5, 6])
    let y = Dense(17, activation: .softmax, actsOnPixels: true)(image)
    let z = Dense(17, activation: .tanh, useBias: false, actsOnPixels: true)(y)
    let model = try Model(input: image, output: ActivationLayer(.silu)(z + image), seed: 2)
    check(model, on: sample([2, 17, 5, 6]), bound: bound, "activations")
  }

  /// Squeeze and excitation before a narrow layer; the factors may come first.
  @Test(arguments: [false, true]) func squeezeAndExcitation(factorsComeFirst: Bool) throws {
    let image = Input([24, 14, 13])
    let x = ActivationLayer(.silu)(BatchNorm()(DepthwiseConv2D(kernelSize: 5, padding: .same)(image)))
    var weights = Reshape([24, 1, 1], order: .channelsLast)(GlobalAveragePool2D()(x))
    weights = Conv2D(6, kernelSize: 1, activation: .silu)(weights)
    weights = Conv2D(24, kernelSize: 1, activation: .sigmoid)(weights)
    let scaled = Multiply()(factorsComeFirst ? [weights, x] : [x, weights])
    let y = BatchNorm()(Conv2D(24, kernelSize: 1, padding: .same, useBias: false)(scaled))
    check(
      try Model(input: image, output: y + image, seed: 2), on: sample([3, 24, 14, 13]), bound: bound,
      "squeeze and excitation")
  }

  /// The forms in which people write squeeze and excitation: kept axes, fully connected layers, normalizations, and functions
  /// that no epilogue has. Images of several pieces, of one pixel, and a batch of one.
  @Test(
    arguments: ["kept axes", "dense", "normalized", "softmax", "flattened", "narrow"],
    [Shape([3, 40, 31, 29]), [1, 40, 1, 1]])
  func formsOfSqueezeAndExcitation(form: String, batch: Shape) throws {
    let image = Input(Shape(batch.dropFirst()))
    var x = GlobalAveragePool2D(keepsAxes: form != "dense" && form != "flattened")(image)
    switch form {
    case "dense":
      x = Dense(40, activation: .hardSigmoid)(Dense(10, activation: .relu, useBias: false)(x))
      x = Reshape([40, 1, 1])(x)
    case "flattened":
      x = Conv2D(10, kernelSize: 1)(Reshape([40, 1, 1])(Flatten()(x)))
      x = Dense(40, activation: .sigmoid)(Flatten()(x))
      x = Reshape([40, 1, 1], order: .channelsLast)(x)
    case "normalized":
      x = BatchNorm()(Conv2D(10, kernelSize: 1, padding: .same)(x))
      x = ActivationLayer(.hardSigmoid)(Conv2D(40, kernelSize: 1)(ReLU(maximum: 6)(x)))
    case "softmax": x = Conv2D(40, kernelSize: 1, activation: .softmax)(Conv2D(10, kernelSize: 1, activation: .silu)(x))
    case "narrow": x = Conv2D(40, kernelSize: 1, groups: 8)(Conv2D(80, kernelSize: 1, activation: .tanh)(x))
    default: x = Conv2D(40, kernelSize: 1, activation: .sigmoid)(Conv2D(10, kernelSize: 1, activation: .relu)(x))
    }
    let model = try Model(input: image, output: Multiply()([image, x]), seed: 2)
    check(model, on: sample(batch), bound: bound, form)
    #expect(model(Tensor<Float>(zeros: Shape([0] + batch.dropFirst()))).shape == Shape([0] + batch.dropFirst()))
  }

  /// A pooling that is used twice, or whose channels are set apart behind it, is left as it is.
  @Test func otherPoolings() throws {
    let image = Input([12, 6, 5])
    let means = GlobalAveragePool2D(keepsAxes: true)(image)
    let twice = Conv2D(12, kernelSize: 1, activation: .sigmoid)(means) + means
    let apart = Conv2D(3, kernelSize: 1)(Reshape([3, 2, 2])(GlobalAveragePool2D()(image)))
    let rows = Conv2D(2, kernelSize: 1)(Reshape([1, 1, 12])(GlobalAveragePool2D()(image)))
    let outputs = concatenate([Flatten()(twice), Flatten()(apart), Flatten()(rows)])
    check(try Model(input: image, output: outputs, seed: 2), on: sample([2, 12, 6, 5]), bound: bound, "poolings")
  }

  /// MobileNet: wide layers around one filter for each channel; with a sum, a stride, zeros around, and without what is before or
  /// behind; and values that are used twice.
  @Test(arguments: ["sum", "stride", "before", "behind", "shared", "factors", "softmax"])
  func invertedResiduals(form: String) throws {
    let image = Input([16, 23, 18])
    func active(_ layer: any Layer, _ x: SymbolicValue) -> SymbolicValue { ReLU(maximum: 6)(BatchNorm()(layer(x))) }
    let wide = form == "behind" ? image : active(Conv2D(64, kernelSize: 1, useBias: false), image)
    let isStrided = form == "stride"
    let padded = isStrided ? ZeroPad2D(top: 0, bottom: 1, left: 0, right: 1)(wide) : wide
    let filtered = active(
      DepthwiseConv2D(
        kernelSize: 3, stride: isStrided ? 2 : 1, padding: isStrided ? .valid : .same,
        activation: form == "softmax" ? .softmax : .linear), padded)
    var y = form == "before" ? filtered : BatchNorm()(Conv2D(16, kernelSize: 1, useBias: false)(filtered))
    switch form {
    case "sum": y = y + image
    case "shared": y = concatenate([wide, filtered, y])
    case "factors": y = Multiply()([y, GlobalAveragePool2D(keepsAxes: true)(y)])
    default: break
    }
    let model = try Model(input: image, output: y, seed: 2)
    for batch in [1, 4] { check(model, on: sample([batch, 16, 23, 18]), bound: bound, form) }
    #expect(model(Tensor<Float>(zeros: [0, 16, 23, 18])).shape[0] == 0)
  }

  /// DenseNet: features that grow, read by single pixels behind a normalization; and features that something else reads, that
  /// grow in two ways, that are doubled, or that the model gives.
  @Test(arguments: ["block", "read otherwise", "two ways", "doubled", "given"])
  func growingFeatures(form: String) throws {
    let image = Input([20, 9, 7])
    var x = Conv2D(24, kernelSize: 3, padding: .same)(image)
    var given: [SymbolicValue] = []
    for number in 0..<4 {
      var y = ActivationLayer(.relu)(BatchNorm()(x))
      y = ActivationLayer(.relu)(BatchNorm()(Conv2D(16, kernelSize: 1, useBias: false)(y)))
      y = Conv2D(12, kernelSize: 3, padding: .same, useBias: false)(y)
      let before = x
      x = concatenate(form == "doubled" && number == 2 ? [x, y, x] : [x, y])
      if form == "read otherwise", number == 1 { x = concatenate([x, MaxPool2D(3, stride: 1, padding: .same)(x)]) }
      if form == "two ways", number == 2 { given.append(Conv2D(5, kernelSize: 1)(concatenate([before, before]))) }
      if form == "given", number == 1 { given.append(x) }
    }
    x = Conv2D(30, kernelSize: 1)(ActivationLayer(.relu)(BatchNorm()(x)))
    let outputs = (given + [x]).map { Flatten()($0) }
    let model = try Model(input: image, output: outputs.count > 1 ? concatenate(outputs) : x, seed: 2)
    // Winograd's transforms have errors of up to 2e-5 of the largest sum.
    for batch in [1, 3] { check(model, on: sample([batch, 20, 9, 7]), bound: 8e-5, form) }
    #expect(model(Tensor<Float>(zeros: [0, 20, 9, 7])).shape[0] == 0)
  }

  /// ResNet: zeros around an image before max-pooling, of numbers that are never below them, and of any.
  @Test(arguments: [Activation.relu, .boundedReLU(maximum: 6), .linear]) func pooledWithZerosAround(
    activation: Activation
  ) throws {
    let image = Input([8, 13, 12])
    var x = ActivationLayer(activation)(BatchNorm()(Conv2D(20, kernelSize: 3, padding: .same)(image)))
    x = MaxPool2D(3, stride: 2)(ZeroPad2D(top: 1, bottom: 2, left: 2, right: 1)(x))
    // Winograd's transforms have errors of up to 2e-5 of the largest sum.
    check(try Model(input: image, output: x, seed: 2), on: sample([3, 8, 13, 12]), bound: 8e-5, "\(activation)")
  }

  /// Factors that are no numbers of channels stay a product of their own, and so does a product with two consumers.
  @Test func otherProducts() throws {
    let image = Input([8, 6, 6])
    let map = Conv2D(1, kernelSize: 1, activation: .sigmoid)(image)
    let x = Multiply()([image, map])
    let y = Multiply()([Conv2D(16, kernelSize: 1)(x), Conv2D(16, kernelSize: 3, padding: .same)(x)])
    let model = try Model(input: image, output: Conv2D(4, kernelSize: 1)(y), seed: 2)
    // Winograd's transforms have errors of up to 2e-5 of the largest sum.
    check(model, on: sample([2, 8, 6, 6]), bound: 8e-5, "products")
  }

  /// DenseNet: joined channels, a normalization and a ReLU before a layer of single pixels.
  @Test func normalizationsInFront() throws {
    let image = Input([20, 9, 8])
    var y = ActivationLayer(.relu)(BatchNorm()(image))
    y = Conv2D(32, kernelSize: 1, useBias: false)(y)
    y = ActivationLayer(.relu)(BatchNorm()(y))
    let joined = concatenate([image, y])
    let z = Conv2D(12, kernelSize: 1, stride: 2)(BatchNorm()(joined))
    let model = try Model(input: image, output: Conv2D(7, kernelSize: 1)(BatchNorm()(z)), seed: 2)
    check(model, on: sample([3, 20, 9, 8]), bound: bound, "DenseNet")
  }

  /// A wide layer on vectors and on sequences, whose weight is kept in another order.
  @Test(arguments: [Activation.linear, .gelu, .softmax]) func wideLayers(activation: Activation) throws {
    for shape in [[600], [5, 600]] as [Shape] {
      let input = Input(shape)
      let model = try Model(input: input, output: Dense(130, activation: activation)(input), seed: 2)
      // Sums of 600 products in another order.
      check(model, on: sample(Shape([3] + shape)), bound: 600 * 0x1p-24, "\(shape)")
      #expect(model(Tensor<Float>(zeros: Shape([0] + shape))).shape == Shape([0] + shape.dropLast() + [130]))
    }
  }
}
