import NN
import Serialization
import Tensor

extension Model {
  /// Sets all parameters and running statistics from weights of Keras: a `.weights.h5` file of Keras 3, or a `.h5` file of
  /// tf.keras and `keras.applications`, with or without the model that it is of. A `.weights.json` file of Keras 3.10 and
  /// later names several `.weights.h5` files, which stand beside it.
  ///
  /// A `.weights.h5` file knows layers by their class and order, not by their names. A model that was read from a Keras file
  /// takes the weights of that same Keras model, also where Kilim has other layers, as for a `Dense` on an image. It takes
  /// what ``saveWeights(to:replacing:)`` writes as well. A `.h5` file knows layers by their names. Where the names of the layers with
  /// weights are others, as Keras numbers them anew in each process, the order counts, as in Keras; the shapes must fit
  /// in any case.
  ///
  /// - Throws: `FileError` if the file cannot be read; `ModelFileError` if it is of another format, or naming the layer that
  ///   does not fit or that Keras lacks. Nothing is changed then.
  public func loadWeights(from path: String) throws {
    let file = try RandomAccessFile(path)
    let format = try ModelFileFormat(file)
    let writing = try KerasWriting(self, path: path)
    let groups = try writing.groups(asRead: true)
    let read: Reader
    switch format {
    case .hdf5Weights, .hdf5Model: read = try Self.reader(of: file, for: groups, path: path)
    case .json: read = try Self.reader(ofShardsIn: file, path: path)
    default: throw ModelFileError(path: path, other: format, expected: Self.expectedWeights)
    }
    let values: [[Tensor<Float>]]
    do {
      values = try Self.values(of: groups, path: path, read)
    } catch let first as ModelFileError {
      // The file may be one that Kilim has written, with the layers as they are here.
      guard let found = try? Self.values(of: writing.groups(), path: path, read) else { throw first }
      values = found
    }
    for (group, values) in zip(groups, values) {
      for (variable, value) in zip(group.variables, values) { variable.assign(value) }
    }
  }

  /// Reads the variables of a group, of which there must be so many in each folder.
  private typealias Reader = (KerasWriting.Group, [KerasVariableFolder]) throws -> [Tensor<Float>]

  private static func reader(of source: any ByteSource, for groups: [KerasWriting.Group], path: String) throws -> Reader
  {
    let file = try HDF5Reader(source, path: path)
    guard try file.texts("layer_names", of: "/") == nil, try !file.children(of: "/").contains("model_weights") else {
      let weights = try KerasLegacyWeights(file, byteCount: source.byteCount, path: path)
      try weights.requireNoVariablesOfTheModel()
      let names = try Self.fileNames(ofLayersIn: groups, weights.layerNames(), path: path)
      return { group, folders in
        try weights.variables(
          ofLayer: names[group.names[0]] ?? group.names[0], inside: Array(group.names.dropFirst()),
          count: folders.reduce(0) { $0 + $1.count })
      }
    }
    return reader(of: try KerasWeights(.file(source), path: path))
  }

  private static func reader(of weights: KerasWeights) -> Reader {
    { group, folders in
      try folders.flatMap { try weights.variables(in: $0.folder(ofLayer: group.folder), count: $0.count) }
    }
  }

  private static let expectedWeights = "weights of Keras (.weights.h5, .weights.json, .h5)"
  private static let largestMap = 1 << 26

  private static func reader(ofShardsIn file: RandomAccessFile, path: String) throws -> Reader {
    guard file.byteCount <= largestMap else {
      throw ModelFileError(
        path: path, place: "file", problem: .tooLarge(byteCount: UInt64(file.byteCount), limit: largestMap))
    }
    let map = try JSON(parsing: file.allBytes(), path: path, place: "file")
    guard KerasShards.isMap(map) else { throw ModelFileError(path: path, other: .json, expected: expectedWeights) }
    return reader(of: try KerasWeights(.shards(KerasShards(map, besideFile: path)), path: path))
  }

  /// The names that layers with weights have in a file, by those that they have in the model.
  private static func fileNames(
    ofLayersIn groups: [KerasWriting.Group], _ found: [String], path: String
  ) throws -> [String: String] {
    var own: [String] = []
    for group in groups where !group.shapes.isEmpty && own.last != group.names[0] { own.append(group.names[0]) }
    guard own.count == found.count else {
      throw ModelFileError(
        path: path, place: "layer_names",
        problem: .mismatch(found: counted(found.count, "layer") + " with weights", expected: "\(own.count)"))
    }
    guard Set(own) != Set(found) else { return [:] }
    return Dictionary(zip(own, found)) { first, _ in first }
  }

  /// The values of each group. Groups that share a folder share its variables, one after the other.
  private static func values(
    of groups: [KerasWriting.Group], path: String, _ read: Reader
  ) throws -> [[Tensor<Float>]] {
    var values: [[Tensor<Float>]] = []
    var rest: ArraySlice<Tensor<Float>> = []
    for (index, group) in groups.enumerated() {
      if index == 0 || groups[index - 1].folder != group.folder {
        let together = groups[index...].prefix { $0.folder == group.folder }
        let parts =
          together.count == 1
          ? group.parts
          : [KerasVariableFolder(path: "", count: together.reduce(0) { $0 + $1.shapes.count })]
        rest = try read(group, parts)[...]
      }
      let found = Array(rest.prefix(group.shapes.count))
      rest = rest.dropFirst(group.shapes.count)
      guard found.map(\.shape) == group.shapes else {
        throw ModelFileError(
          path: path, place: "layer \"\(group.names.joined(separator: "."))\"",
          problem: .mismatch(found: "variables of shape \(found.map(\.shape))", expected: "\(group.shapes)"))
      }
      values.append(found)
    }
    return values
  }

  /// Writes all parameters and running statistics as a `.weights.h5` file, which `load_weights` of Keras 3 reads into the
  /// model that ``save(to:replacing:)`` writes. The file is written whole or not at all.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - replacing: which files may be replaced; by default, only `.weights.h5` files.
  /// - Throws: `ModelFileError` naming the layer that Keras lacks, before a file is touched; `FileError` if the file
  ///   cannot be written.
  public func saveWeights(to path: String, replacing: ReplacePolicy = .sameKind) throws {
    try requireReplaceable(path, by: .hdf5Weights, replacing)
    let weights = try KerasWriting(self, path: path).weights()
    try writeAtomically(KerasWeights.encode(weights, optimizer: nil, path: path), to: path, replacing: replacing)
  }
}
