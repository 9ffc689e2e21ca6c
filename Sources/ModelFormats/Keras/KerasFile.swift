import NN
import Serialization
import Tensor

/// The content of a `.keras` file: a model, and how it is trained.
///
/// ```swift
/// try KerasFile(model: model, training: KerasTraining(optimizer: adam, loss: .categoricalCrossEntropy))
///   .write(to: "model.keras")
///
/// let file = try KerasFile(contentsOf: "model.keras")
/// if let training = file.training {
///   try file.model.fit(photos, optimizer: training.optimizer, loss: training.loss, metrics: training.metrics)
/// }
/// ```
///
/// A model with several outputs is trained with `training.losses`, `training.lossWeights` and `training.metricsOfOutputs`.
///
/// Training goes on from the state of the optimizer, here and in Keras. To read or write only the model, use
/// `Model(contentsOf:)` and `save(to:)`.
public struct KerasFile {
  /// The model; a `Sequential` where a file holds a chain of layers.
  public var model: Model
  /// The optimizer with its state, the loss and the metrics; `nil` for a model that was not compiled.
  public var training: KerasTraining?
  /// What the metadata of a model says of photos of any size, beside ``photoResize``.
  package static let sealedKey = "kilim.sealed"
  /// What resizes photos in front of the model, which is one layer then; `nil` for nothing.
  package var photoResize: KerasPhotoResize?

  /// Makes the content of a file.
  public init(model: Model, training: KerasTraining? = nil) {
    self.model = model
    self.training = training
  }

  /// Reads a `.keras` file with all that it says about training.
  ///
  /// What Kilim would train differently is refused by name: penalties and constraints of a user's own, augmentation layers.
  /// `Model(contentsOf:)` reads such a model for prediction.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - inputShapes: for inputs whose size the file leaves open, by name, the shape of one example, `[3, 224, 224]`.
  ///   - customLayers: the classes of layers of your own that the file may hold.
  /// - Throws: `FileError` if the file cannot be read; `ModelFileError` if it is damaged or of another format, or if its
  ///   model, optimizer or loss has a class or option that would change predictions or training and is not supported,
  ///   naming file and place.
  public init(
    contentsOf path: String, inputShapes: [String: Shape] = [:], customLayers: [any KerasCustomLayer.Type] = []
  ) throws {
    try self.init(RandomAccessFile(path), path: path, inputShapes: inputShapes, customLayers: customLayers)
  }

  /// Reads the bytes of a `.keras` file.
  ///
  /// - Parameters:
  ///   - bytes: the whole file.
  ///   - path: where it came from, named by errors.
  ///   - inputShapes: for inputs whose size the file leaves open, by name, the shape of one example.
  ///   - customLayers: the classes of layers of your own that the file may hold.
  /// - Throws: `ModelFileError`.
  public init(
    bytes: [UInt8], path: String, inputShapes: [String: Shape] = [:], customLayers: [any KerasCustomLayer.Type] = []
  ) throws {
    try self.init(MemoryBytes(bytes), path: path, inputShapes: inputShapes, customLayers: customLayers)
  }

  private init(
    _ source: any ByteSource, path: String, inputShapes: [String: Shape], customLayers: [any KerasCustomLayer.Type]
  ) throws {
    let format = try ModelFileFormat(source)
    guard format == .keras else {
      throw ModelFileError(
        path: path, other: format, expected: "a Keras model (.keras); Model(contentsOf:) also reads .h5")
    }
    let archive = try KerasArchive(ZipReader(source, path: path), path: path)
    let assembly = try KerasAssembly(
      archive, for: .training, inputShapes: inputShapes, custom: customLayers, path: path)
    let weights = try KerasWeights(archive.weights, path: path)
    model = assembly.model
    training = try KerasTraining(json: archive.config["compile_config"], of: model, path: path)
    guard let optimizer = training?.optimizer as? any KerasOptimizer, let state = try weights.optimizer() else {
      return
    }
    do throws(ModelFileError.Problem) {
      try KerasOptimizerState(optimizer, of: assembly.variables.trained)
        .restore(stepCount: state.stepCount, variables: state.variables)
    } catch {
      throw ModelFileError(path: path, place: "optimizer", problem: error)
    }
  }

  /// Writes the file, whole or not at all.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - replacing: which files may be replaced; by default, only `.keras` files.
  /// - Throws: `ModelFileError` naming what Keras lacks, before a file is touched; `FileError` if the file cannot be
  ///   written.
  public func write(to path: String, replacing: ReplacePolicy = .sameKind) throws {
    try Self.checkName(path)
    try requireReplaceable(path, by: .keras, replacing)
    try writeAtomically(bytes(for: path), to: path, replacing: replacing)
  }

  /// Throws for a name that other programs take for a file of another format.
  private static func checkName(_ path: String) throws {
    let others = [
      ".h5": "; saveWeights(to:) writes .weights.h5", ".hdf5": "; saveWeights(to:) writes .weights.h5",
      ".onnx": "; exportONNX(to:) writes .onnx", ".safetensors": "", ".pth": "", ".pt": "",
    ]
    guard let (ending, way) = others.first(where: { path.lowercased().hasSuffix($0.key) }) else { return }
    throw ModelFileError(
      path: path, place: "the name of the file",
      problem: .unsupported(found: "the ending \(ending)", expected: ".keras, as the files of Keras 3 have\(way)"))
  }

  /// Throws what ``write(to:replacing:)`` would throw for content that Keras lacks.
  func check(for path: String) throws {
    let written = try KerasWriting(model, path: path)
    _ = try config(of: written, path: path)
    _ = try written.groups()
  }

  /// The content of `config.json`.
  private func config(of written: KerasWriting, path: String) throws -> [String: JSON] {
    var config = try written.config()
    if let photoResize {
      guard let resized = photoResize.config(before: config) else {
        throw ModelFileError(
          path: path, place: "model",
          problem: .unsupported(found: "a model of several layers", expected: "one layer behind the resize"))
      }
      config = resized
    }
    guard let training else { return config }
    try written.requireTrainedAsInKeras()
    guard try MaskFlow(model).outputs.allSatisfy({ $0 == nil }) else {
      throw ModelFileError(path: path, place: "model", problem: KerasMasks.maskedOutput)
    }
    config["compile_config"] = try training.json(outputs: model.outputNames, for: path)
    return config
  }

  /// The bytes of the file.
  ///
  /// - Parameter path: the file the bytes are meant for, named by errors.
  package func bytes(for path: String) throws -> [UInt8] {
    let written = try KerasWriting(model, path: path)
    let config = try config(of: written, path: path)
    var optimizerGroup: KerasWeights.OptimizerGroup?
    if let training {
      if let optimizer = training.optimizer as? any KerasOptimizer {
        optimizerGroup = .init(
          name: optimizer.kerasClass.lowercased(), stepCount: optimizer.stepCount,
          variables: KerasOptimizerState(optimizer, of: try written.variables().trained).variables())
      }
    }
    return try KerasArchive.encoded(
      config: JSON(members: config),
      weights: KerasWeights.encode(try written.weights(), optimizer: optimizerGroup, path: path),
      metadata: model.metadata, for: path)
  }
}

extension KerasAssembly {
  /// Puts the model of an archive together.
  init(
    _ archive: KerasArchive, for purpose: KerasPurpose, inputShapes: [String: Shape],
    custom: [any KerasCustomLayer.Type], path: String
  ) throws {
    guard archive.metadata[KerasFile.sealedKey] == nil else {
      throw ModelFileError(
        path: path, place: "model",
        problem: .unsupported(
          found: "a sealed model for photos of any size, which Keras alone opens,",
          expected: "the model that it was made of"))
    }
    let weights = try KerasWeights(archive.weights, path: path)
    let description = try KerasDescription(config: archive.description, inputShapes: inputShapes, path: path)
    try self.init(description, for: purpose, custom: custom, path: path) { member, folders in
      try folders.flatMap { try weights.variables(in: $0.folder(ofLayer: member.folder), count: $0.count) }
    }
    model.metadata = archive.metadata
  }
}
