import Serialization
import Tensor

/// The variables of a model as `model.weights.h5` keeps them: `/layers/<key>/vars/<number>`, and those of the optimizer
/// in `/optimizer/vars`.
final class KerasWeights {
  /// The variables of one layer, in Keras's order and layout.
  struct Group: Sendable {
    /// Where the layer's variables stand: see ``KerasKeys``.
    let folder: String
    /// The name of the layer, which readers ignore and people do not.
    let name: String
    let variables: [Tensor<Float>]
  }

  /// What an optimizer keeps.
  struct OptimizerGroup: Sendable {
    let name: String
    let stepCount: Int
    let variables: [Tensor<Float>]
  }

  private static let optimizerFolder = "optimizer/vars"

  /// The HDF5 file that holds the variables.
  ///
  /// - Parameter path: the file it is meant for, named by errors.
  static func encode(_ groups: [Group], optimizer: OptimizerGroup?, path: String) throws -> [UInt8] {
    try withHDF5 {
      let count = (groups.map(\.variables) + [optimizer?.variables ?? []]).joined().reduce(0) { $0 + $1.count }
      let file = try HDF5Writer(path: path, byteCount: count * MemoryLayout<Float>.size)
      // Keras 3.0 does not open a file without this empty group, the place for variables of the model itself.
      try file.makeGroup("vars")
      func write(_ variables: [Tensor<Float>], from first: Int, to folder: String, name: String) throws {
        try file.makeGroup(folder)
        try file.setAttribute("name", of: folder, to: name)
        for (number, variable) in variables.enumerated() {
          try file.write(variable.scalars, shape: Array(variable.shape), as: "\(folder)/\(first + number)")
        }
      }
      for group in groups { try write(group.variables, from: 0, to: group.folder, name: group.name) }
      if let optimizer {
        try write(optimizer.variables, from: 1, to: optimizerFolder, name: optimizer.name)
        try file.write([Int64(optimizer.stepCount)], shape: [], as: "\(optimizerFolder)/0")
      }
      return try file.bytes()
    }
  }

  /// Where variables are read from.
  enum Source {
    case file(any ByteSource)
    case shards(KerasShards)
  }

  /// The only file, or each of several by its name.
  private let files: [String: HDF5Reader]
  /// The names of the files that hold a folder; `nil` for the only one.
  private let shards: KerasShards?
  private let path: String
  private let byteCount: Int
  private let spelling: Spelling
  /// The number of elements read so far.
  private var total = 0

  /// How the file spells the folder `layers/conv2d/vars`.
  private struct Spelling {
    /// Keras 2.12 to 2.14 had another name for `layers`.
    let layers: String
    /// Keras on Windows made one name of several: `layers\\conv2d`.
    let separator: String

    static let layersNames = ["layers", "_layer_checkpoint_dependencies"]

    /// Tells it from what the root of the file holds.
    init(root: [String]) {
      let whole = Self.layersNames.first { root.contains($0) }
      let first = whole ?? Self.layersNames.first { name in root.contains { $0.hasPrefix("\(name)\\") } }
      layers = first ?? "layers"
      separator = whole == nil && first != nil ? "\\" : "/"
    }

    func path(of folder: String) -> String {
      var parts = folder.split(separator: "/").map { $0 == "layers" ? layers : String($0) }
      let last = parts.removeLast()
      return parts.joined(separator: separator) + "/" + last
    }
  }

  /// Opens an HDF5 file, or several.
  ///
  /// - Parameters:
  ///   - source: the files.
  ///   - path: where the bytes came from, named by errors.
  init(_ source: Source, path: String) throws {
    self.path = path
    switch source {
    case .file(let bytes):
      let file = try HDF5Reader(bytes, path: path)
      (files, shards, byteCount) = (["": file], nil, bytes.byteCount)
      spelling = Spelling(root: try file.children(of: "/"))
    case .shards(let shards):
      self.shards = shards
      files = try Dictionary(
        uniqueKeysWithValues: shards.files.map { ($0, try HDF5Reader($1, path: "\(path): \($0)")) })
      byteCount = shards.files.values.reduce(0) { $0 + $1.byteCount }
      spelling = Spelling(root: ["layers"])
    }
  }

  /// The variables of one layer in Keras's order and layout, of which there must be `count`.
  func variables(in folder: String, count: Int) throws -> [Tensor<Float>] {
    // Layers without variables need not appear.
    if count == 0 { return [] }
    let folder = try existing(spelling.path(of: folder))
    let places = try places(in: folder)
    guard places.count == count else {
      throw ModelFileError(
        path: path, place: folder, problem: .mismatch(found: "\(places.count) variables", expected: "\(count)"))
    }
    return try places.enumerated().map { try tensor("\(folder)/\($0)", in: $1) }
  }

  /// The folder by the name that the file has for it: a part of a layer may have an underscore before its name, as
  /// `multi_head_attention/_query_dense/vars` in Keras 2.
  private func existing(_ folder: String) throws -> String {
    var parts = folder.split(separator: "/").map(String.init)
    guard parts.count > 3, let file = files[""] else { return folder }
    let (layer, part) = (parts.dropLast(2).joined(separator: "/"), parts[parts.count - 2])
    let names = try file.children(of: layer)
    guard !names.contains(part), names.contains("_\(part)") else { return folder }
    parts[parts.count - 2] = "_\(part)"
    return parts.joined(separator: "/")
  }

  /// The number of steps and the other variables of the optimizer; `nil` where it has made no step and kept nothing.
  func optimizer() throws -> (stepCount: Int, variables: [Tensor<Float>])? {
    let folder = Self.optimizerFolder
    if let shards {
      guard shards.folders[ExactText(folder)] != nil else { return nil }
    } else if let file = files.values.first {
      guard try file.children(of: "/").contains("optimizer"), try file.children(of: "optimizer").contains("vars") else {
        return nil
      }
    }
    let places = try places(in: folder)
    guard let first = places.first else { return nil }
    let others = try places.enumerated().dropFirst().map { try tensor("\(folder)/\($0)", in: $1) }
    return (try first.integer("\(folder)/0"), others)
  }

  /// The file of each of the datasets `0`, `1`, … that a folder consists of.
  private func places(in folder: String) throws -> [HDF5Reader] {
    let holders: [HDF5Reader]
    if let shards {
      guard let names = shards.folders[ExactText(folder)] else {
        throw ModelFileError(path: path, place: folder, problem: .missing)
      }
      holders = names.compactMap { files[$0] }
    } else {
      holders = Array(files.values)
    }
    var places: [Int: HDF5Reader] = [:]
    var count = 0
    for file in holders {
      for name in try file.children(of: folder) {
        count += 1
        if let number = Int(name), name == "\(number)" { places[number] = file }
      }
    }
    guard places.count == count, places.keys.allSatisfy((0..<count).contains) else {
      throw ModelFileError(path: path, place: folder, problem: .damaged("its variables are not numbered from 0"))
    }
    return (0..<count).compactMap { places[$0] }
  }

  private func tensor(_ name: String, in file: HDF5Reader) throws -> Tensor<Float> {
    let dataset = try file.dataset(name)
    // Many datasets may share the same bytes; together they may not hold more than the file.
    total += dataset.tensor.shape.elementCount
    guard total <= byteCount else {
      throw ModelFileError(path: path, place: name, problem: .damaged("variables larger than the file"))
    }
    return dataset.tensor
  }
}
