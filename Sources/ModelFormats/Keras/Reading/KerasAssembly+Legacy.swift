import Foundation
import Serialization
import Tensor

extension KerasAssembly {
  /// Puts the model of a whole `.h5` file together, as tf.keras and Keras 3 write it.
  ///
  /// The attribute `model_config` of the file describes the model. Each layer has a group in `/model_weights` under its
  /// own name, whose attribute `weight_names` gives the paths of its variables.
  init(legacy bytes: [UInt8], path: String) throws {
    let file = try HDF5Reader(bytes: bytes, path: path)
    guard let text = try file.texts("model_config", of: "/")?.first else {
      throw ModelFileError(path: path, place: "model_config", problem: .missing)
    }
    let config: JSON
    do {
      config = try JSONDecoder().decode(JSON.self, from: Data(text.utf8))
    } catch let error as DecodingError {
      throw ModelFileError(path: path, place: "model_config", problem: .damaged(error.briefly))
    }
    var total = 0
    try self.init(KerasDescription(config: config, path: path), path: path) { member, count in
      if count == 0 { return [] }
      let folder = "model_weights/\(member.names[0])"
      // A model inside the model lists the variables of all its layers together.
      let all = try file.texts("weight_names", of: folder) ?? []
      let name = member.names[member.names.count - 1]
      let own = member.names.count == 1 ? all : all.filter { $0.split(separator: "/").contains { $0 == name } }
      guard own.count == count else {
        throw ModelFileError(
          path: path, place: folder, problem: .mismatch(found: "\(own.count) variables", expected: "\(count)"))
      }
      return try own.map { name in
        let dataset = try file.dataset("\(folder)/\(name)")
        total += dataset.scalars.count
        guard total <= bytes.count else {
          throw ModelFileError(path: path, place: name, problem: .damaged("variables larger than the file"))
        }
        return Tensor(shape: Shape(dataset.shape), scalars: dataset.scalars)
      }
    }
  }
}
