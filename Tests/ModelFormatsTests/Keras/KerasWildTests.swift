import Foundation
import ModelFormats
import NN
import Serialization
import Tensor
import TestSupport
import Testing

/// Kinds of files that people publish, most of them of Keras 2; see `make_keras_wild.py`.
@Suite struct KerasWildTests {
  private static let folder = fixturePath("Keras/wild")

  /// The files that are read, with what they answer.
  static let files: [String] = {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return names.filter { name in
      !name.hasSuffix(".npz") && !name.hasPrefix("open") && !name.hasPrefix("old")
        && names.contains(name.replacing(/\.[a-z0-9]+$/, with: "") + ".npz")
    }.sorted()
  }()

  @Test func thereAreFiles() {
    #expect(Self.files.count >= 24)
  }

  @Test(arguments: files)
  func predictionsAreThoseOfKerasBeforeAndAfterWriting(file: String) throws {
    let model = try Model(contentsOf: "\(Self.folder)/\(file)")
    try expectAnswers(of: model, file)
    try expectAnswers(of: Model(keras: kerasBytes(of: model), path: "written.keras"), file)
  }

  /// A file with a fast layer, or with an operation that becomes a layer with weights, has other variables than the model.
  @Test(arguments: files.filter { $0.hasSuffix(".h5") && !$0.hasPrefix("cudnn") && !$0.hasPrefix("caffe") })
  func weightsAloneAreLoaded(file: String) throws {
    let model = try Model(contentsOf: "\(Self.folder)/\(file)")
    for parameter in model.parameters { parameter.value = parameter.value * 0 }
    for (_, buffer) in model.namedBuffers { buffer.value = buffer.value * 0 + 1 }
    try model.loadWeights(from: "\(Self.folder)/\(file)")
    try expectAnswers(of: model, file)
  }

  /// Keras 3, and so what is written for it, has no hard sigmoid of this slope.
  @Test(arguments: ["old_sigmoids_h5.h5", "old_sigmoids_keras.keras"])
  func theHardSigmoidOfKeras2IsItsOwn(file: String) throws {
    let model = try Model(contentsOf: "\(Self.folder)/\(file)")
    try expectAnswers(of: model, file)
    let error = #expect(throws: ModelFileError.self) { try kerasBytes(of: model) }
    #expect(error.map { "\($0)".contains("the hard sigmoid of Keras 2") } == true)
    let folder = try TemporaryFolder()
    try model.exportONNX(to: folder.path("model.onnx"))
    try expectAnswers(of: Model(contentsOf: folder.path("model.onnx")), file)
  }

  @Test func namesOfTensorFlow1AreKnown() throws {
    let bytes = try changingKeras(
      "Keras/wild/normalized_keras.keras", #""class_name": "BatchNormalization""#,
      #""class_name": "BatchNormalizationV1""#)
    _ = try Model(keras: bytes, path: "old.keras")
  }

  @Test(arguments: [
    ("turned.h5", "the slice"), ("code.h5", "Lambda"), ("code.keras", "Lambda"),
    ("masked_states.h5", "first states"), ("masked_states.keras", "first states"),
  ])
  func whatCannotBeReadIsRefusedByName(file: String, reason: String) throws {
    let error = #expect(throws: ModelFileError.self) { try Model(contentsOf: "\(Self.folder)/\(file)") }
    let text = error.map { "\($0)" } ?? ""
    #expect(text.contains(reason) && text.contains("layer"), "\(text)")
  }

  private static let open: [(file: String, input: String, shape: Shape)] = [
    ("open_tf_keras.h5", "image", [3, 9, 12]), ("open_keras.keras", "image", [3, 9, 12]),
    ("open_text_h5.h5", "words", [7]), ("open_text_keras.keras", "words", [7]),
  ]

  @Test(arguments: open) func sizesThatAFileLeavesOpenAreChosen(file: String, input: String, shape: Shape) throws {
    let path = "\(Self.folder)/\(file)"
    let model = try Model(contentsOf: path, inputShapes: [input: shape])
    try expectAnswers(of: model, file)
    try expectAnswers(of: Model(keras: kerasBytes(of: model), path: "written.keras"), file)
    let wrong: [([String: Shape], String)] = [
      ([:], "by inputShapes"), (["other": shape], "inputShapes for \"other\""),
      ([input: [4, 9, 12, 3]], "in inputShapes for the input \"\(input)\""),
    ]
    for (chosen, reason) in wrong {
      let error = #expect(throws: ModelFileError.self) { try Model(contentsOf: path, inputShapes: chosen) }
      #expect(error.map { "\($0)" }?.contains(reason) == true, "\(String(describing: error))")
    }
    let error = #expect(throws: ModelFileError.self) { try Model(contentsOf: path) }
    let open: [Int?] = shape.rank == 3 ? [3, nil, nil] : [nil]
    #expect(error?.problem == .openSizes(input: input, example: open))
  }

  private func expectAnswers(of model: Model, _ file: String) throws {
    let name = file.replacing(/\.[a-z0-9]+$/, with: "")
    let arrays = try NPZ(contentsOf: "\(Self.folder)/\(name).npz").tensors
    let inputs = zip(model.inputShapes, model.inputShapes.indices).compactMap { shape, index in
      arrays["input\(index)"].map {
        $0.shape.rank == 4 ? $0.permuted([0, 3, 1, 2]) : $0.reshaped(to: [$0.shape[0]] + shape)
      }
    }
    try #require(inputs.count == model.inputShapes.count)
    for (index, output) in model.outputs(of: inputs).enumerated() {
      let found = output.shape.rank == 4 ? output.permuted([0, 2, 3, 1]) : output
      // Sums of some hundred products of numbers near 1, each rounded to 2⁻²⁴.
      #expect(deviation(found, from: try #require(arrays["output\(index)"])) <= 1e-5, "\(file): output \(index)")
    }
  }
}
