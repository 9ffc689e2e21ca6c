import NN
import Serialization
import Tensor

extension Sequential {
  /// Reads a model from a `.keras` file, written by ``save(to:)`` or by Keras 3.
  ///
  /// Keras's optimizer and compile settings are passed over. Nothing in the file is executed, and nothing is taken
  /// at its word: sizes are compared with the bytes that are there before memory is taken.
  ///
  /// - Parameter path: the file.
  /// - Throws: `FileError` if the file cannot be read; `ModelFileError` if it is damaged, or if its model has a
  ///   class or option that would change predictions and is not supported, naming file and layer.
  public convenience init(contentsOf path: String) throws {
    try self.init(kerasBytes: readFile(path, limit: KerasArchive.largestWeights), path: path)
  }

  /// Reads a model from the bytes of a `.keras` file.
  ///
  /// - Parameter path: the file they came from, named by errors.
  package convenience init(kerasBytes bytes: [UInt8], path: String) throws {
    let archive = try KerasArchive(bytes: bytes, path: path)
    let model = try KerasModel(config: archive.config, path: path)
    var keys = KerasKeys()
    let variables = try KerasWeights.decode(
      archive.weights,
      keys: model.members.map { member in
        let count = member.layer.kerasVariableShapes(inputShape: model.inputShape).count
        return (keys.next(forClass: member.kerasClass), count)
      }, path: path)
    try model.check(variables)

    try self.init(input: model.inputShape, layers: model.members.map(\.layer))
    metadata = archive.metadata
    let places = zip(model.members, [model.inputShape] + outputShapes).map { ($0.name, $0.layer, $1) }
    for (index, image) in try FlattenedImage.beforeEach(of: places, path: path).enumerated() {
      let targets = model.members[index].layer.kerasVariables(flattenedFrom: image)
      for (target, value) in zip(targets, variables[index]) { target.assign(value) }
    }
  }
}
