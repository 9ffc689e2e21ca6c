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

  /// The same operations on the same numbers in the same order, so the same bits.
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

    #expect(together.value == oneByOne.value)
    #expect(after == buffers(of: model).map(\.value))
    let (found, expected) = ((together * upstream).sum().gradients(), (oneByOne * upstream).sum().gradients())
    for parameter in model.parameters {
      let gradient = try #require(found[parameter])
      #expect(try gradient == #require(expected[parameter]))
    }
    #expect(try #require(found[x]) == #require(expected[x]))
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

  @Test func exactConvolutionsStayExact() throws {
    let exact = try Sequential(input: [16, 8, 8]) { Conv2D(16, kernelSize: 3, isExact: true) }
    let x: Tensor<Float> = dyadicSample([2, 16, 8, 8])
    exact.parameters[0].value = dyadicSample([16, 16, 3, 3], seed: 2)
    #expect(exact(x) == naiveConvolution(x, exact.parameters[0].value, window: Window(3)))
  }
}
