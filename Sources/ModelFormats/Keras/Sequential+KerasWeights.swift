import NN
import Serialization
import Tensor

extension Sequential {
  /// Sets all parameters and running statistics from a `.weights.h5` file, as `load_weights` of Keras 3 does.
  ///
  /// The file knows layers by their class and order, not by their names. Parts of the model that are `Sequential`
  /// themselves count as layers among the others, as ``save(to:)`` writes them.
  ///
  /// - Throws: `FileError` if the file cannot be read; `ModelFileError` naming the layer that does not fit, or that Keras
  ///   lacks. Nothing is changed then.
  public func loadWeights(from path: String) throws {
    let weights = try KerasWeights(bytes: readFile(path, limit: KerasArchive.largestWeights), path: path)
    let groups = try KerasWriting(self, path: path).groups()
    let values = try groups.map { group in
      let values = try weights.variables(in: group.folder, count: group.variables.count)
      let expected = group.variables.map(\.value.shape)
      guard values.map(\.shape) == expected else {
        throw ModelFileError(
          path: path, place: "layer \"\(group.name)\"",
          problem: .mismatch(found: "variables of shape \(values.map(\.shape))", expected: "\(expected)"))
      }
      return values
    }
    for (group, values) in zip(groups, values) {
      for (variable, value) in zip(group.variables, values) { variable.assign(value) }
    }
  }

  /// Writes all parameters and running statistics as a `.weights.h5` file, which `load_weights` of Keras 3 reads, whole
  /// or not at all.
  ///
  /// - Throws: `ModelFileError` naming the layer that Keras lacks, before a file is touched; `FileError` if the file
  ///   cannot be written.
  public func saveWeights(to path: String) throws {
    let weights = try KerasWriting(self, path: path).weights()
    try writeAtomically(KerasWeights.encode(weights, optimizer: nil, path: path), to: path)
  }
}
