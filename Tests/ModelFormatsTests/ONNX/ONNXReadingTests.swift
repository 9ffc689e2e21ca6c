import Autograd
import ModelFormats
import NN
import Optim
import Serialization
import Tensor
import TestSupport
import Testing

/// Files of PyTorch and Keras, whose makers computed the outputs; `make_onnx.py` made them.
@Suite struct ONNXReadingTests {
  private static let files = [
    "torch_residual.script", "torch_residual.dynamo", "torch_mobile.script", "torch_mobile.dynamo",
    "torch_sequence.script", "torch_transformer.script", "torch_transformer.dynamo", "torch_pictures.script",
    "torch_pictures.dynamo", "torch_volumes.script", "torch_volumes.dynamo", "torch_last.script", "torch_last.dynamo",
    "torch_numbers.script", "torch_numbers.dynamo", "torch_windows.script", "torch_windows.dynamo",
    "torch_words.script", "torch_words.dynamo", "nodes_einsum", "nodes_strides", "nodes_more", "keras_image",
    "keras_pixels", "keras_sequence",
  ]

  private func read(_ name: String) throws -> (model: Model, x: Tensor<Float>, y: Tensor<Float>) {
    let stem = name.split(separator: ".")[0]
    let x = try Tensor<Float>(npyFile: fixturePath("ONNX/\(stem).x.npy"))
    let y = try Tensor<Float>(npyFile: fixturePath("ONNX/\(stem).y.npy"))
    let model = try Model(contentsOf: fixturePath("ONNX/\(name).onnx"))
    // Images of Keras have the channels last in the file, and first here.
    guard x.rank == 4, name.hasPrefix("keras") else { return (model, x, y) }
    let turned = y.rank == 4 ? y.permuted([0, 3, 1, 2]).contiguous() : y
    return (model, x.permuted([0, 3, 1, 2]).contiguous(), turned)
  }

  @Test(arguments: files) func predictsWhatTheMakerPredicts(_ name: String) throws {
    let (model, x, y) = try read(name)
    #expect(model.inputShape == Shape(x.shape.dropFirst()))
    #expect(deviation(model(x), from: y) <= 1e-5)
    // Any number of examples.
    let first = model(x.slice(0..<1, axis: 0))
    #expect(deviation(first, from: y.slice(0..<1, axis: 0).contiguous()) <= 1e-5)
  }

  /// The transpositions around each convolution of Keras cancel, and each activation is one layer.
  @Test(
    arguments: ["torch_residual", "torch_mobile"].flatMap { ["\($0).script", "\($0).dynamo"] } + [
      "keras_image", "keras_pixels",
    ]) func noLayerMovesAxesOfImages(_ name: String) throws
  {
    let model = try read(name).model
    #expect(!model.layers.contains { $0 is Permute }, "\(model.summary())")
  }

  /// Weights are parameters, three weights and three biases with the normalizations in them: a step of an optimizer makes the loss smaller.
  @Test func aReadModelIsTrained() throws {
    let (model, x, _) = try read("torch_residual.script")
    #expect(model.parameters.allSatisfy(\.isTrainable) && model.parameters.count == 6)
    let targets = Tensor<Float>(shape: [2, 5], scalars: [1, 0, 0, 0, 0, 0, 0, 0, 1, 0])
    let optimizer = SGD(learningRate: 0.05)
    var losses: [Float] = []
    for _ in 0..<4 {
      let loss = CategoricalCrossEntropy()(model(Variable(x), Context(.training)), targets)
      losses.append(loss.value.scalar)
      optimizer.update(model.parameters, with: loss.gradients())
    }
    #expect(losses[3] < losses[0], "\(losses)")
  }

  /// A summand is trained; the numbers of a mask and those of a choice are not.
  @Test func masksAreNotTrained() throws {
    var file = ONNXFile()
    file.addInput("x", [nil, 2, 3])
    file.addWeight("places", [2, 3], [1, 2, 3, 4, 5, 6])
    file.addNode("Add", ["x", "places"], "placed")
    for (number, mask) in [-Float.infinity, -1e9, -10_000].enumerated() {
      file.addWeight("mask\(number)", [2, 3], [0, mask, mask, 0, 0, mask])
      file.addNode("Add", [number == 0 ? "placed" : "masked\(number - 1)", "mask\(number)"], "masked\(number)")
    }
    file.addWeight("least", [], [0.5])
    file.addNode("Greater", ["masked2", "least"], "holds")
    file.addWeight("other", [2, 3], [1, 1, 1, 2, 2, 2])
    file.addNode("Where", ["holds", "masked2", "other"], "y")
    let original = try Model(onnx: file.bytes(output: "y"), path: "x.onnx")
    for model in [original, try original.copy()] {
      #expect(model.isTrainable)
      for isTrainable in [true, false, true] {
        model.isTrainable = isTrainable
        let trained = model.parameters.filter(\.isTrainable).map(\.value.scalars)
        #expect(trained == (isTrainable ? [[1, 2, 3, 4, 5, 6]] : []))
      }
      #expect(model(Tensor<Float>(zeros: [1, 2, 3])).scalars == [1, 1, 1, 4, 5, 2])
    }
  }

  /// Read, saved for Keras, and read again.
  @Test(arguments: ["torch_residual.script", "keras_image", "keras_pixels"])
  func isSavedForKeras(_ name: String) throws {
    let folder = try TemporaryFolder()
    let (model, x, y) = try read(name)
    try model.save(to: folder.path("model.keras"))
    #expect(deviation(try Model(contentsOf: folder.path("model.keras"))(x), from: y) <= 1e-5)
  }

  /// Read, written again, and read once more: layers that are the reader's own are written too.
  @Test(arguments: ["nodes_more", "torch_words.script", "torch_windows.dynamo"])
  func isWrittenAndReadAgain(_ name: String) throws {
    let (model, x, y) = try read(name)
    let again = try Model(onnx: model.onnxBytes(for: name), path: name)
    #expect(deviation(again(x), from: y) <= 1e-5)
  }

  @Test func layersAreNamedAfterNodes() throws {
    let model = try read("torch_residual.script").model
    #expect(model.names.contains("conv_Conv") && model.inputNames == ["input"], "\(model.names)")
  }

  /// A layer of a user's own is written and read by its operator.
  @Test func anOperatorOfAUsersOwn() throws {
    let model = try Sequential(input: [4]) {
      Scale(factor: 3)
      Dense(2)
    }
    let bytes = try model.onnxBytes(for: "x")
    let error = #expect(throws: ModelFileError.self) { try Model(onnx: bytes, path: "x.onnx") }
    #expect(error?.place == #"node "scale" (com.example.Scale)"#)
    let read = try Model(onnx: bytes, path: "x.onnx", customLayers: [Scale.self])
    let x: Tensor<Float> = sample([3, 4])
    #expect(read(x) == model(x) && read.layers.first is Scale)
  }

  /// Sizes that the file leaves open are asked for by name.
  @Test func openSizesAreGiven() throws {
    var graph = ONNXFile()
    graph.addInput("image", [nil, 3, nil, nil])
    graph.addWeight("w", [2, 3, 1, 1], (0..<6).map { Float($0) })
    graph.addNode("Conv", ["image", "w"], "y")
    let bytes = graph.bytes(output: "y")
    let error = #expect(throws: ModelFileError.self) { try Model(onnx: bytes, path: "x.onnx") }
    #expect(error?.place == #"input "image""# && "\(error?.problem as Any)".contains("inputShapes"))
    #expect(error?.problem == .openSizes(input: "image", example: [3, nil, nil]))
    let model = try Model(onnx: bytes, path: "x.onnx", inputShapes: ["image": [3, 5, 4]])
    #expect(model.outputShape == [2, 5, 4])
    #expect(throws: ModelFileError.self) { try Model(onnx: bytes, path: "x", inputShapes: ["image": [4, 5, 4]]) }
    #expect(throws: ModelFileError.self) { try Model(onnx: bytes, path: "x", inputShapes: ["other": [3, 5, 4]]) }
  }
}

/// y = factor · x
private final class Scale: Layer, ONNXCustomLayer, ONNXReadableLayer {
  static let onnxOperator = (domain: "com.example", name: "Scale")
  let factor = Parameter()

  init(factor: Float) { self.factor.value = Tensor(scalar: factor) }

  static func make(from node: ONNXOperatorNode) throws -> Scale { Scale(factor: node.weights[1]?.scalar ?? 1) }

  func build(inputShape: Shape, using generator: inout RandomGenerator) throws -> Shape { inputShape }

  func callAsFunction(_ x: Variable<Float>, _ context: Context) -> Variable<Float> { x * context[factor] }

  func addONNX(to graph: inout ONNXGraph, inputs: [String], name: String, inputShapes: [Shape]) -> [String] {
    let weight = graph.add(factor.value, name: "\(name).factor")
    return [graph.add("Scale", [inputs[0], weight], name: name, domain: "com.example")]
  }
}
