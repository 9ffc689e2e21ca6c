import Serialization
import Tensor

extension KerasAssembly {
  /// Puts the model of a whole `.h5` file together, as tf.keras and Keras 3 write it. The attribute `model_config` of the
  /// file describes the model; see ``KerasLegacyWeights`` for its variables.
  init(
    legacy source: any ByteSource, inputShapes: [String: Shape], custom: [any KerasCustomLayer.Type], path: String
  ) throws {
    let file = try HDF5Reader(source, path: path)
    guard let text = try file.texts("model_config", of: "/")?.first else {
      throw ModelFileError(path: path, place: "model_config", problem: .missing)
    }
    let config = try JSON(parsing: Array(text.utf8), path: path, place: "model_config", keepsPoints: true)
      .translated(fromKeras: file.texts("keras_version", of: "/")?.first)
    let description = try KerasDescription(config: config, inputShapes: inputShapes, path: path)
    let weights = try KerasLegacyWeights(file, byteCount: source.byteCount, path: path)
    try self.init(description, for: .prediction, custom: custom, path: path) { member, folders in
      try weights.variables(
        ofLayer: member.names[0], inside: Array(member.names.dropFirst()),
        count: folders.reduce(0) { $0 + $1.count })
    }
  }
}
