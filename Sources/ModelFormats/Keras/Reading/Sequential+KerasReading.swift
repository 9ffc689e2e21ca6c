import NN
import Serialization
import Tensor

extension Sequential {
  /// Reads a model from a file of Keras: `.keras`, written by ``save(to:)`` or by Keras 3, or a whole model in `.h5`.
  ///
  /// The model predicts what it predicts in Keras. Options that change training alone, such as a constraint of a user's own
  /// or `trainable = false`, and layers that act in training alone, such as `RandomFlip`, are accepted and not applied:
  /// ``save(to:)`` writes them again. To train as Keras does, read the file with ``KerasFile``, which refuses what Kilim
  /// would train differently. The optimizer and the compile settings are not read here.
  ///
  /// Models of class `Sequential` are read, and `Functional` ones whose layers form a chain. Layers of models inside the
  /// model become layers among the others. Images `[N, H, W]` without channels become `[N, 1, H, W]`.
  ///
  /// Nothing in the file is executed. Sizes are compared with the bytes that are there before memory is taken.
  ///
  /// - Parameter path: the file. Its content, not its name, decides on the format.
  /// - Throws: `FileError` if the file cannot be read; `ModelFileError` if it is damaged or of another format, or if its
  ///   model has a class or option that would change predictions and is not supported, naming file and layer.
  public convenience init(contentsOf path: String) throws {
    try self.init(keras: readFile(path, limit: KerasArchive.largestWeights), path: path)
  }

  /// Reads a model from the bytes of a file of Keras.
  ///
  /// - Parameters:
  ///   - bytes: the whole file.
  ///   - path: where they came from, named by errors.
  /// - Throws: `ModelFileError`.
  public convenience init(keras bytes: [UInt8], path: String) throws {
    let assembly: KerasAssembly
    switch ModelFileFormat(bytes: bytes) {
    case .hdf5Model: assembly = try KerasAssembly(legacy: bytes, path: path)
    case .keras: assembly = try KerasAssembly(KerasArchive(bytes: bytes, path: path), for: .prediction, path: path)
    case let format: throw ModelFileError(path: path, other: format, expected: "a Keras model (.keras or .h5)")
    }
    let model = assembly.model
    try self.init(input: model.inputShape ?? [], layers: model.layers)
    metadata = model.metadata
    origin = model.origin
  }
}
