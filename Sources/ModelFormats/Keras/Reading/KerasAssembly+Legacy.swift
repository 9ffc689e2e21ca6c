import Serialization
import Tensor

extension KerasAssembly {
  /// Puts the model of a whole `.h5` file together, as tf.keras and Keras 3 write it.
  ///
  /// The attribute `model_config` of the file describes the model. Each layer has a group in `/model_weights` under its
  /// own name, whose attribute `weight_names` gives the paths of its variables.
  init(legacy bytes: [UInt8], custom: [any KerasCustomLayer.Type], path: String) throws {
    let file = try HDF5Reader(bytes: bytes, path: path)
    guard let text = try file.texts("model_config", of: "/")?.first else {
      throw ModelFileError(path: path, place: "model_config", problem: .missing)
    }
    let config = try JSON(parsing: Array(text.utf8), path: path, place: "model_config")
    var total = 0
    let description = try KerasDescription(config: config, path: path)
    try self.init(description, for: .prediction, custom: custom, path: path) { member, folders in
      let count = folders.reduce(0) { $0 + $1.count }
      if count == 0 { return [] }
      let folder = "model_weights/\(member.names[0])"
      // A model inside the model lists the variables of all its layers together.
      let all = try Self.weightNames(of: folder, in: file)
      let own = member.names.count == 1 ? all : all.filter { member.owns(variable: $0) }
      guard own.count == count else {
        throw ModelFileError(
          path: path, place: folder,
          problem: .mismatch(found: "\(counted(own.count, "variable"))", expected: "\(count)"))
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

  /// The names of the variables in a group. A list too long for one attribute is split over several.
  private static func weightNames(of folder: String, in file: HDF5Reader) throws -> [String] {
    if let names = try file.texts("weight_names", of: folder) { return names }
    var (names, piece): ([String], Int) = ([], 0)
    while let more = try file.texts("weight_names\(piece)", of: folder) {
      names += more
      piece += 1
    }
    return names
  }
}

extension KerasDescription.Member {
  /// Whether a variable of the model that the layer stands in is the layer's: `sequential/conv2d/kernel` is one of
  /// `conv2d`.
  fileprivate func owns(variable: String) -> Bool {
    let folders = variable.split(separator: "/").dropLast().map { ExactText(String($0)) }
    let own = (names.last ?? "").split(separator: "/").map { ExactText(String($0)) }
    return folders.suffix(own.count).elementsEqual(own)
  }
}
