import NN
import Serialization
import Tensor

extension Sequential {
  /// Reads a model from a file of Keras: `.keras`, written by ``save(to:)`` or by Keras 3, or a whole model in `.h5`.
  ///
  /// Optimizer and compile settings are passed over; ``KerasFile`` reads them too. Nothing in the file is executed, and
  /// nothing is taken at its word: sizes are compared with the bytes that are there before memory is taken.
  ///
  /// Models of class `Sequential` are read, and `Functional` ones whose layers form a chain. Parts of the model that are
  /// models themselves become layers among the others.
  ///
  /// - Parameter path: the file.
  /// - Throws: `FileError` if the file cannot be read; `ModelFileError` if it is damaged, or if its model has a
  ///   class or option that would change predictions and is not supported, naming file and layer.
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
    if HDF5Reader.recognizes(bytes) {
      assembly = try KerasAssembly(legacy: bytes, path: path)
    } else {
      let archive = try KerasArchive(bytes: bytes, path: path)
      assembly = try KerasAssembly(archive, KerasWeights(bytes: archive.weights, path: path), path: path)
    }
    let model = assembly.model
    self.init(built: model.layers, inputShape: model.inputShape ?? [], outputShapes: model.outputShapes)
    metadata = model.metadata
  }
}
