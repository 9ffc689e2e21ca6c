import NN
import Serialization
import Tensor

extension Sequential {
  /// Sets all parameters and running statistics from a `.weights.h5` file, as `load_weights` of Keras 3 does.
  ///
  /// The file knows layers by their class and order, not by their names. A model that was read from a Keras file takes the
  /// weights of that same Keras model, also where Kilim has other layers, as for `SeparableConv2D` or for models inside the
  /// model. It takes what ``saveWeights(to:)`` writes as well; there, layers of a `Sequential` inside the model count as
  /// layers among the others.
  ///
  /// - Throws: `FileError` if the file cannot be read; `ModelFileError` if it is of another format, or naming the layer that
  ///   does not fit or that Keras lacks. Nothing is changed then.
  public func loadWeights(from path: String) throws {
    let bytes = try readFile(path, limit: KerasArchive.largestWeights)
    let format = ModelFileFormat(bytes: bytes)
    guard format == .hdf5Weights else {
      throw ModelFileError(path: path, other: format, expected: "weights of Keras 3 (.weights.h5)")
    }
    let groups = try KerasWriting(self, path: path).groups()
    let values: [[Tensor<Float>]]
    do {
      values = try Self.values(of: origins(of: groups), bytes: bytes, path: path)
    } catch let first as ModelFileError {
      // The file may be one that Kilim has written, with the layers as they are here.
      guard kerasOrigin != nil else { throw first }
      let own = groups.map { KerasPlace(name: $0.name, folder: $0.folder, shapes: $0.variables.map(\.value.shape)) }
      guard let found = try? Self.values(of: own, bytes: bytes, path: path) else { throw first }
      values = found
    }
    for (group, values) in zip(groups, values) {
      for (variable, value) in zip(group.variables, values) { variable.assign(value) }
    }
  }

  /// Where the layers' variables stand in the file: as in the Keras file that the model was read from, or as Kilim writes
  /// them.
  private func origins(of groups: [KerasWriting.Group]) -> [KerasPlace] {
    let origins = kerasOrigin?.layers
    return groups.enumerated().map { index, group in
      origins.map { KerasPlace(name: group.name, folder: $0[index].folder, shapes: $0[index].shapes) }
        ?? KerasPlace(name: group.name, folder: group.folder, shapes: group.variables.map(\.value.shape))
    }
  }

  /// The values at each place. Places that share a folder share its variables, one after the other.
  private static func values(of places: [KerasPlace], bytes: [UInt8], path: String) throws -> [[Tensor<Float>]] {
    let weights = try KerasWeights(bytes: bytes, path: path)
    var values: [[Tensor<Float>]] = []
    var rest: ArraySlice<Tensor<Float>> = []
    for (index, place) in places.enumerated() {
      if index == 0 || places[index - 1].folder != place.folder {
        let count = places[index...].prefix { $0.folder == place.folder }.reduce(0) { $0 + $1.shapes.count }
        rest = try weights.variables(in: place.folder, count: count)[...]
      }
      let found = Array(rest.prefix(place.shapes.count))
      rest = rest.dropFirst(place.shapes.count)
      guard found.map(\.shape) == place.shapes else {
        throw ModelFileError(
          path: path, place: "layer \"\(place.name)\"",
          problem: .mismatch(found: "variables of shape \(found.map(\.shape))", expected: "\(place.shapes)"))
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

/// Where the variables of a layer stand in a file of weights.
private struct KerasPlace {
  let name: String
  let folder: String
  let shapes: [Shape]
}
