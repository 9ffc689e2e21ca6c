import Autograd
import ModelFormats
import NN
import Serialization
import Tensor
import TestSupport
import Testing

@Suite struct ONNXTests {
  @Test func aLayerThatONNXLacksIsRefusedByName() throws {
    let folder = try TemporaryFolder()
    let model = try Sequential(input: [2, 4, 4]) { Residual { Own() } }
    let error = #expect(throws: ModelFileError.self) { try model.exportONNX(to: folder.path("x.onnx")) }
    #expect(error?.place == #"layer "residual.body.own""#)
    #expect(throws: ModelFileError.self) { try Sequential { Dense(2) }.exportONNX(to: folder.path("x.onnx")) }
    #expect(try folder.entries() == [])
  }

  @Test func theSameModelGivesTheSameBytes() throws {
    #expect(try sampleModel().onnxBytes(for: "x") == sampleModel().onnxBytes(for: "x"))
  }

  /// The checker of ONNX, onnxruntime, NumPy and the reference reader of safetensors, in one process.
  @Test(.enabled(if: PythonEnvironment.has("onnxruntime"), Comment(rawValue: PythonEnvironment.absence)))
  func theOwnersOfTheFormatsAgree() throws {
    let folder = try TemporaryFolder()
    for (name, model) in try models() {
      let x = sampleInputs(for: model)
      try model.exportONNX(to: folder.path("\(name).onnx"))
      try x.writeNPY(to: folder.path("\(name).x.npy"))
      try model(x).writeNPY(to: folder.path("\(name).y.npy"))
    }
    let state = try sampleModel().state
    try NPZ(tensors: state).write(to: folder.path("state.npz"))
    try Safetensors(tensors: state, metadata: ["words": "größe"]).write(to: folder.path("state.safetensors"))

    let (succeeded, output) = try PythonEnvironment.run(fixturePath("check_formats.py"), [folder.url.path])
    #expect(succeeded, "\(output)")
    let made = try NPZ(contentsOf: folder.path("made.npz")).tensors
    #expect(made["a"] == Tensor(shape: [2, 3], scalars: [0, 1, 2, 3, 4, 5]))
    #expect(made["a"] == made["b"] && made["a"] == made["d"] && made["c"] == Tensor(scalar: 7))
    #expect(try Safetensors(contentsOf: folder.path("made.safetensors")).tensors == made)
  }

  private func models() throws -> [(String, Model)] {
    let residual = try Sequential(input: [3, 9, 8], seed: 6) {
      ZeroPad2D(top: 1, bottom: 0, left: 2, right: 1)
      Residual {
        Conv2D(6, kernelSize: 3, padding: .same, activation: .leakyReLU(slope: 0.3), useBias: false)
        BatchNorm()
      } shortcut: {
        Conv2D(6, kernelSize: 1)
      }
      Dense(8, activation: .sigmoid, actsOnPixels: true)
      MaxPool2D(3, stride: 2, padding: .explicit(top: 1, bottom: 1, left: 0, right: 1))
      ActivationLayer(.softmax)
      Conv2D(4, kernelSize: 2, padding: .explicit(top: 0, bottom: 1, left: 1, right: 0), groups: 2, activation: .tanh)
      Flatten()
      Dense(3)
    }
    let features = try Sequential(input: [7], seed: 7) {
      BatchNorm()
      Dense(4, activation: .relu, useBias: false)
      Rescaling(3, offset: 1)
      Dense(1, activation: .sigmoid)
    }
    let shapes = try Sequential(input: [3, 9, 8], seed: 8) {
      DepthwiseConv2D(kernelSize: 3, padding: .same, depthMultiplier: 2, activation: .relu6)
      SeparableConv2D(4, kernelSize: 3, stride: 2, depthMultiplier: 2, activation: .silu)
      PReLU(sharedAxes: [1, 2])
      Permute([0, 2, 1])
      Cropping2D(top: 1, bottom: 0, left: 0, right: 1)
      ReLU(maximum: 2, slope: 0.1, threshold: 0.2)
      Reshape([6, 2, -1], order: .channelsLast)
      Softmax(axis: 1)
      GlobalMaxPool2D(keepsAxes: true)
      Flatten(order: .channelsLast)
    }
    return try Sample.allCases.map { ("\($0)", try $0.model()) } + activations
      + [("residual", residual), ("features", features), ("shapes", shapes), ("merging", merging()), ("dot", dot())]
  }

  /// Each activation that ONNX can express, behind numbers between -3 and 3.
  private var activations: [(String, Model)] {
    get throws {
      let functions: [Activation] = [
        .relu, .boundedReLU(maximum: 1, slope: 0.2, threshold: 0.5), .leakyReLU(slope: 0.1), .elu(alpha: 0.5),
        .celu(alpha: 2), .selu, .silu, .gelu, .tanhGELU, .mish, .sigmoid, .hardSigmoid,
        .hardSigmoidWithSlope(0.2), .hardSiLU, .logSigmoid,
        .sparseSigmoid, .tanh, .hardTanh, .tanhShrink, .softShrink(threshold: 0.3), .hardShrink(), .softplus,
        .squareplus(b: 2), .sparsePlus, .softsign, .exponential, .softmax, .logSoftmax,
      ]
      return try functions.enumerated().map { index, function in
        let model = try Sequential(input: [31], seed: 9) {
          Rescaling(6, offset: -3)
          ActivationLayer(function)
        }
        return ("activation \(index)", model)
      }
    }
  }

  /// Every merging layer, with inputs of different ranks and a layer that is called twice.
  private func merging() throws -> Model {
    let image = Input([3, 6, 5])
    let conv = Conv2D(3, kernelSize: 3, padding: .same, activation: .tanh)
    let (a, b) = (conv(image), conv(conv(image)))
    let gates = Dense(3, activation: .sigmoid)(GlobalAveragePool2D()(a))
    let parts = [
      a - b, gates * a, Multiply()([a, b, gates]), average([a, b, image]), maximum(a, gates), minimum(b, image),
    ]
    let sum = Add()(parts)
    let features = GlobalAveragePool2D()(concatenate([sum, a + b, image]))
    return try Model(input: image, output: Dense(4)(concatenate([features, gates])), seed: 4)
  }

  private func dot() throws -> Model {
    let image = Input([3, 4, 5])
    let (a, b) = (Conv2D(3, kernelSize: 1)(image), Conv2D(3, kernelSize: 1)(image))
    let cosine = Dot(axes: 0, 0, normalizes: true)([GlobalAveragePool2D()(a), GlobalAveragePool2D()(b)])
    let features = Flatten()(Dot(axes: 0, 0)([a, Dense(3)(GlobalAveragePool2D()(b))]))
    return try Model(input: image, output: concatenate([cosine, features]), seed: 4)
  }
}

/// A layer of a user's own.
private final class Own: Layer {
  func build(inputShape: Shape, using generator: inout RandomGenerator) throws -> Shape { inputShape }
  func callAsFunction(_ x: Variable<Float>, _ context: Context) -> Variable<Float> { x }
}
