import NN
import Serialization
import Tensor

extension Model {
  /// Sets all parameters and running statistics from a `.weights.h5` file, as `load_weights` of Keras 3 does.
  ///
  /// The file knows layers by their class and order, not by their names. A model that was read from a Keras file takes the
  /// weights of that same Keras model, also where Kilim has other layers, as for `SeparableConv2D`. It takes what
  /// ``saveWeights(to:)`` writes as well.
  ///
  /// - Throws: `FileError` if the file cannot be read; `ModelFileError` if it is of another format, or naming the layer that
  ///   does not fit or that Keras lacks. Nothing is changed then.
  public func loadWeights(from path: String) throws {
    let bytes = try readFile(path, limit: KerasArchive.largestWeights)
    let format = ModelFileFormat(bytes: bytes)
    guard format == .hdf5Weights else {
      throw ModelFileError(path: path, other: format, expected: "weights of Keras 3 (.weights.h5)")
    }
    let writing = try KerasWriting(self, path: path)
    let groups = try writing.groups(asRead: true)
    let values: [[Tensor<Float>]]
    do {
      values = try Self.values(of: groups, bytes: bytes, path: path)
    } catch let first as ModelFileError {
      // The file may be one that Kilim has written, with the layers as they are here.
      guard let found = try? Self.values(of: writing.groups(), bytes: bytes, path: path) else { throw first }
      values = found
    }
    for (group, values) in zip(groups, values) {
      for (variable, value) in zip(group.variables, values) { variable.assign(value) }
    }
  }

  /// The values of each group. Groups that share a folder share its variables, one after the other.
  private static func values(
    of groups: [KerasWriting.Group], bytes: [UInt8], path: String
  ) throws -> [[Tensor<Float>]] {
    let weights = try KerasWeights(bytes: bytes, path: path)
    var values: [[Tensor<Float>]] = []
    var rest: ArraySlice<Tensor<Float>> = []
    for (index, group) in groups.enumerated() {
      if index == 0 || groups[index - 1].folder != group.folder {
        let together = groups[index...].prefix { $0.folder == group.folder }
        let parts =
          together.count == 1
          ? group.parts
          : [KerasVariableFolder(path: "", count: together.reduce(0) { $0 + $1.shapes.count })]
        rest = try parts.flatMap { try weights.variables(in: $0.folder(ofLayer: group.folder), count: $0.count) }[...]
      }
      let found = Array(rest.prefix(group.shapes.count))
      rest = rest.dropFirst(group.shapes.count)
      guard found.map(\.shape) == group.shapes else {
        throw ModelFileError(
          path: path, place: "layer \"\(group.name)\"",
          problem: .mismatch(found: "variables of shape \(found.map(\.shape))", expected: "\(group.shapes)"))
      }
      values.append(found)
    }
    return values
  }

  /// Writes all parameters and running statistics as a `.weights.h5` file, which `load_weights` of Keras 3 reads into the
  /// model that ``save(to:)`` writes. The file is written whole or not at all.
  ///
  /// - Throws: `ModelFileError` naming the layer that Keras lacks, before a file is touched; `FileError` if the file
  ///   cannot be written.
  public func saveWeights(to path: String) throws {
    let weights = try KerasWriting(self, path: path).weights()
    try writeAtomically(KerasWeights.encode(weights, optimizer: nil, path: path), to: path, replacing: .sameKind)
  }
}
