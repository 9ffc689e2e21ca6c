import NN
import Serialization
import Tensor

extension Model {
  /// Reads a model from a file of Keras: `.keras`, written by ``save(to:replacing:)`` or by Keras 3, or a whole model in `.h5`; or
  /// from an ONNX file, for which ``init(onnxFile:inputShapes:customLayers:)`` has more options.
  ///
  /// ```swift
  /// let backbone = try Model(contentsOf: "efficientnet.keras").upTo("top_activation")
  /// ```
  ///
  /// Models of class `Functional` and `Sequential` are read, with any number of inputs and outputs, layers that are called
  /// several times, and models inside the model, which stay models. Layers and inputs have the names that they have in
  /// Keras; a dot in a name becomes `_`. A layer with `trainable = false` is frozen. A call with `training=False` or `True`
  /// is made so where Keras 2 wrote the file; Keras 3 ignores the argument. Images `[N, H, W]` without channels become `[N, 1, H, W]`.
  ///
  /// The model predicts what it predicts in Keras. Options that change training alone, such as a constraint, and layers that
  /// act in training alone, such as `RandomFlip`, are accepted and not applied: ``save(to:replacing:)`` writes them again. To train as
  /// Keras does, read the file with ``KerasFile``, which refuses what Kilim would train differently. The optimizer and the
  /// compile settings are not read here.
  ///
  /// Nothing in the file is executed. Sizes are compared with the bytes that are there before memory is taken. A graph with a
  /// circle, with models more than 16 deep, or of more than 20,000 calls is refused.
  ///
  /// A layer has one input shape here. Where a file leaves sizes open, as `keras.Input((None, None, 3))` does, `inputShapes`
  /// chooses them: the weights of convolutions fit any. Written again, the file has the chosen sizes.
  ///
  /// - Parameters:
  ///   - path: the file. Its content, not its name, decides on the format.
  ///   - inputShapes: for inputs whose size the file leaves open, by name, the shape of one example: `[3, 224, 224]`, for an
  ///     ONNX file in the order of the file.
  ///   - customLayers: the classes of layers of your own that the file may hold.
  /// - Throws: `FileError` if the file cannot be read; `ModelFileError` if it is damaged or of another format, or if its
  ///   model has a class or option that would change predictions and is not supported, naming file and layer.
  public convenience init(
    contentsOf path: String, inputShapes: [String: Shape] = [:], customLayers: [any KerasCustomLayer.Type] = []
  ) throws {
    let source = try RandomAccessFile(path)
    let format = try ModelFileFormat(source)
    if format == .onnx {
      try self.init(onnxFile: path, inputShapes: inputShapes)
    } else {
      try self.init(keras: source, format, path: path, inputShapes: inputShapes, customLayers: customLayers)
    }
  }

  /// Reads a model from the bytes of a file of Keras.
  ///
  /// - Parameters:
  ///   - bytes: the whole file.
  ///   - path: where they came from, named by errors.
  ///   - inputShapes: for inputs whose size the file leaves open, by name, the shape of one example.
  ///   - customLayers: the classes of layers of your own that the file may hold.
  /// - Throws: `ModelFileError`.
  public convenience init(
    keras bytes: [UInt8], path: String, inputShapes: [String: Shape] = [:],
    customLayers: [any KerasCustomLayer.Type] = []
  ) throws {
    let source = MemoryBytes(bytes)
    try self.init(
      keras: source, ModelFileFormat(source), path: path, inputShapes: inputShapes, customLayers: customLayers)
  }

  private convenience init(
    keras source: any ByteSource, _ format: ModelFileFormat, path: String, inputShapes: [String: Shape],
    customLayers: [any KerasCustomLayer.Type]
  ) throws {
    let assembly = try KerasAssembly(source, format, inputShapes: inputShapes, custom: customLayers, path: path)
    try self.init(inputs: assembly.ends.inputs, outputs: assembly.ends.outputs)
    metadata = assembly.model.metadata
    origin = assembly.model.origin
  }
}

/// The arguments are generic, since an initializer cannot have the same types as one in an extension of the superclass. In an
/// extension of `Layer`, it would be a candidate for every layer, and Swift's messages about wrong arguments would name it.
extension Sequential {
  /// Reads a chain of layers from a file of Keras; see `Model.init(contentsOf:inputShapes:customLayers:)`, which reads every
  /// graph.
  ///
  /// - Throws: as there, and `ModelFileError` for a model that is no chain.
  public convenience init(
    contentsOf path: some StringProtocol, inputShapes: [String: Shape] = [:],
    customLayers: [any KerasCustomLayer.Type] = []
  ) throws {
    let path = String(path)
    try self.init(chain: RandomAccessFile(path), path: path, inputShapes: inputShapes, customLayers: customLayers)
  }

  /// Reads a chain of layers from the bytes of a file of Keras.
  ///
  /// - Parameters:
  ///   - bytes: the whole file.
  ///   - path: where they came from, named by errors.
  ///   - inputShapes: for inputs whose size the file leaves open, by name, the shape of one example.
  ///   - customLayers: the classes of layers of your own that the file may hold.
  /// - Throws: `ModelFileError`.
  public convenience init(
    keras bytes: some Sequence<UInt8>, path: String, inputShapes: [String: Shape] = [:],
    customLayers: [any KerasCustomLayer.Type] = []
  ) throws {
    try self.init(chain: MemoryBytes(Array(bytes)), path: path, inputShapes: inputShapes, customLayers: customLayers)
  }

  private convenience init(
    chain source: any ByteSource, path: String, inputShapes: [String: Shape],
    customLayers: [any KerasCustomLayer.Type]
  ) throws {
    let model = try KerasAssembly(
      source, ModelFileFormat(source), inputShapes: inputShapes, custom: customLayers, path: path
    ).model
    guard model is Sequential else {
      throw ModelFileError(
        path: path, place: "config.json",
        problem: .unsupported(
          found: "a model that is no chain of layers", expected: "a chain; Model(contentsOf:) reads every graph"))
    }
    try self.init(input: model.inputShape ?? []) {
      for (name, layer) in model.children { layer.named(name) }
    }
    self.metadata = model.metadata
    self.origin = model.origin
  }
}

extension KerasAssembly {
  /// Puts the model of a file together, for prediction.
  fileprivate init(
    _ source: any ByteSource, _ format: ModelFileFormat, inputShapes: [String: Shape],
    custom: [any KerasCustomLayer.Type], path: String
  ) throws {
    switch format {
    case .hdf5Model: try self.init(legacy: source, inputShapes: inputShapes, custom: custom, path: path)
    case .keras:
      let archive = try KerasArchive(ZipReader(source, path: path), path: path)
      try self.init(archive, for: .prediction, inputShapes: inputShapes, custom: custom, path: path)
    default: throw ModelFileError(path: path, other: format, expected: "a Keras model (.keras or .h5)")
    }
  }
}
