import Autograd
import ModelFormats
import NN
import Serialization
import Tensor
import TestSupport
import Testing

/// Layers of a user's own in files.
@Suite struct KerasCustomLayerTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func model() throws -> Model {
    let x = Input([4, 5, 3])
    let scaled = Scale(kerasOptions: .init(first: 2, name2: "größe"))(x)
    let mixed = Mix(kerasOptions: .init(share: 0.25))([scaled, x])
    return try Model(input: x, output: Dense(2)(GlobalAveragePool2D()(mixed)))
  }

  @Test func aLayerOfTheUsersOwnComesBack() throws {
    let model = try model()
    try model.save(to: folder.path("model.keras"))
    try model.saveWeights(to: folder.path("model.weights.h5"))
    let same = try Model(contentsOf: folder.path("model.keras"), customLayers: [Scale.self, Mix.self])
    #expect(same.state == model.state)
    #expect(same.layers.contains { ($0 as? Scale)?.kerasOptions.name2 == "größe" })
    try same.loadWeights(from: folder.path("model.weights.h5"))
    #expect(same.state == model.state)
    let x = sampleInputs(for: model)
    #expect(same(x) == model(x))
  }

  /// Changes of the options, and a word of the error.
  @Test(arguments: [
    (#""first":2"#, #""first":2,"second":3"#, "second"), (#""first":2"#, #""first":"two""#, "Scale"),
    (#""first":2"#, #""first":-1"#, "above zero"), (#"Mine>Scale"#, #"Mine>Other"#, "Mine>Other"),
  ])
  func optionsThatCannotBeReadAreReported(old: String, new: String, word: String) throws {
    let changed = try changing("config.json", of: kerasBytes(of: model())) { text in
      #expect(text.contains(old), "\(text)")
      return text.replacing(old, with: new)
    }
    let error = #expect(throws: ModelFileError.self) {
      try Model(keras: changed, path: "model.keras", customLayers: [Scale.self, Mix.self])
    }
    #expect(error?.place == #"layer "scale""# && error.map { "\($0)" }?.contains(word) == true, "\(error as Any)")
  }

  @Test func aClassThatTheReaderIsNotToldIsRefused() throws {
    let bytes = try kerasBytes(of: model())
    let error = #expect(throws: ModelFileError.self) { try Model(keras: bytes, path: "model.keras") }
    #expect(error.map { "\($0)" }?.contains("Mine>Scale") == true)
  }

  @Test func aLayerOfTheUsersOwnBehindAFlattenedImageIsRefused() throws {
    let model = try Sequential(input: [2, 3, 4]) {
      Flatten()
      Scale(kerasOptions: .init(first: 1, name2: ""))
      Dense(2)
    }
    let error = #expect(throws: ModelFileError.self) { try model.save(to: folder.path("x.keras")) }
    #expect(error?.place == #"layer "scale""#)
  }

  /// Python has classes with the same names, options and variables.
  @Test func kerasAndOnnxruntimeComputeTheSame() throws {
    let model = try model()
    var generator = RandomGenerator(seed: 3)
    for parameter in model.parameters {
      parameter.value = Tensor(uniform: parameter.value.shape, in: -1..<1, using: &generator)
    }
    let x = sampleInputs(for: model)
    try model.save(to: folder.path("model.keras"))
    try model.exportONNX(to: folder.path("model.onnx"))
    try x.writeNPY(to: folder.path("x.npy"))
    try model(x).writeNPY(to: folder.path("y.npy"))
    for version in PythonEnvironment.kerasVersions where PythonEnvironment.hasKeras(version) {
      let (succeeded, output) = try PythonEnvironment.run(
        fixturePath("check_custom.py"), [folder.url.path], keras: version)
      #expect(succeeded, "\(version): \(output)")
    }
  }
}

/// y = x · factor, element by element.
private final class Scale: Layer, KerasCustomLayer, ONNXCustomLayer {
  struct Options: Codable {
    var first: Float
    var name2: String
  }

  static let kerasPackage = "Mine"
  let factor = Parameter()
  let kerasOptions: Options

  init(kerasOptions: Options) { self.kerasOptions = kerasOptions }

  func build(inputShape: Shape, using generator: inout RandomGenerator) throws -> Shape {
    guard kerasOptions.first > 0 else { throw LayerError(inputShape: inputShape, reason: "first must be above zero") }
    factor.value = Tensor(ones: inputShape) * kerasOptions.first
    return inputShape
  }

  func callAsFunction(_ x: Variable<Float>, _ context: Context) -> Variable<Float> { x * context[factor] }

  /// Keras has images with the channels last.
  var kerasWeights: [KerasWeight] { [KerasWeight(factor, axes: factor.value.rank == 3 ? [1, 2, 0] : nil)] }

  func addONNX(to graph: inout ONNXGraph, inputs: [String], name: String, inputShapes: [Shape]) -> [String] {
    [graph.add("Mul", [inputs[0], graph.add(factor.value, name: "\(name).factor")], name: name)]
  }
}

/// y = share · a + (1 - share) · b.
private final class Mix: MergingLayer, KerasCustomLayer, ONNXCustomLayer {
  struct Options: Codable { var share: Float }

  static let kerasPackage = "Mine"
  let kerasOptions: Options

  init(kerasOptions: Options) { self.kerasOptions = kerasOptions }

  func build(merging shapes: [Shape], using generator: inout RandomGenerator) throws -> Shape { shapes[0] }

  func callAsFunction(merging inputs: [Variable<Float>], _ context: Context) -> Variable<Float> {
    inputs[0] * kerasOptions.share + inputs[1] * (1 - kerasOptions.share)
  }

  func addONNX(to graph: inout ONNXGraph, inputs: [String], name: String, inputShapes: [Shape]) -> [String] {
    let shares = [kerasOptions.share, 1 - kerasOptions.share]
    let parts = inputs.indices.map { index in
      let share = graph.add(Tensor(scalar: shares[index]), name: "\(name).share\(index)")
      return graph.add("Mul", [inputs[index], share], name: "\(name).part\(index)")
    }
    return [graph.add("Add", parts, name: name)]
  }
}
