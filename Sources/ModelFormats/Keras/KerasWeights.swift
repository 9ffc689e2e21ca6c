import Serialization
import Tensor

/// The variables of a model as `model.weights.h5` keeps them: `/layers/<key>/vars/<number>`.
struct KerasWeights {
  /// The variables of one layer, in Keras's order and layout.
  struct Group: Sendable {
    /// Where the layer's variables stand: see ``KerasKeys``.
    let key: String
    /// The name of the layer, which readers ignore and people do not.
    let name: String
    let variables: [Tensor<Float>]
  }

  /// The HDF5 file that holds the variables.
  ///
  /// - Parameter path: the file it is meant for, named by errors.
  static func encode(_ groups: [Group], path: String) throws -> [UInt8] {
    try withHDF5 {
      let file = try HDF5Writer(path: path)
      // Keras 3.0 does not open a file without this empty group, the place for variables of the model itself.
      try file.makeGroup("vars")
      for group in groups {
        let folder = folder(of: group.key)
        try file.makeGroup(folder)
        try file.setAttribute("name", of: folder, to: group.name)
        for (number, variable) in group.variables.enumerated() {
          try file.write(variable.scalars, shape: Array(variable.shape), as: "\(folder)/\(number)")
        }
      }
      return try file.bytes()
    }
  }

  /// Reads the variables of layers.
  ///
  /// - Parameters:
  ///   - bytes: the HDF5 file.
  ///   - keys: the layers, with the number of variables that each one must have.
  ///   - path: the file the bytes came from, named by errors.
  /// - Returns: the variables of each layer in Keras's order and layout.
  static func decode(_ bytes: [UInt8], keys: [(key: String, count: Int)], path: String) throws -> [[Tensor<Float>]] {
    try withHDF5 {
      let file = try HDF5Reader(bytes: bytes, path: path)
      return try keys.map { key, count in
        // Layers without variables need not appear.
        if count == 0 { return [] }
        let folder = folder(of: key)
        let names = try file.children(of: folder)
        guard Set(names) == Set((0..<count).map(String.init)) else {
          throw ModelFileError(
            path: path, place: folder, problem: .mismatch(found: "\(names.count) variables", expected: "\(count)"))
        }
        return try (0..<count).map { number in
          let dataset = try file.dataset("\(folder)/\(number)", as: Float.self)
          return Tensor(shape: Shape(dataset.shape), scalars: dataset.scalars)
        }
      }
    }
  }

  private static func folder(of key: String) -> String { "layers/\(key)/vars" }
}
