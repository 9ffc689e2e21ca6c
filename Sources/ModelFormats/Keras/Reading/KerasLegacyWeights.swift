import Serialization
import Tensor

/// The variables of a model as tf.keras and `keras.applications` keep them in HDF5: a group for each layer under its own
/// name, whose attribute `weight_names` gives the paths of its variables.
final class KerasLegacyWeights {
  private let file: HDF5Reader
  /// The group that holds those of the layers; empty for the file itself.
  private let root: String
  private let path: String
  private let byteCount: Int
  /// The number of elements read so far.
  private var total = 0

  /// Opens the weights of a file.
  ///
  /// - Parameters:
  ///   - file: the file.
  ///   - byteCount: its size.
  ///   - path: where it came from, named by errors.
  /// - Throws: ``ModelFileError`` for kernels that are stored in another order.
  init(_ file: HDF5Reader, byteCount: Int, path: String) throws {
    self.file = file
    self.path = path
    self.byteCount = byteCount
    root = try file.children(of: "/").contains("model_weights") ? "model_weights" : ""
    let backend = try file.texts("backend", of: root)?.first
    guard backend != "theano" else {
      throw ModelFileError(
        path: path, place: "backend",
        problem: .unsupported(found: "kernels of Theano, which are turned round,", expected: "those of TensorFlow"))
    }
  }

  /// The names of the layers that have variables, in the order of the model that wrote the file.
  func layerNames() throws -> [String] {
    try file.names("layer_names", of: root).filter { try !variableNames(ofLayer: $0).isEmpty }
  }

  /// The variables of a layer, of which there must be `count`.
  ///
  /// - Parameters:
  ///   - layer: its name in the file.
  ///   - names: for a layer inside a model, which lists the variables of all its layers together: the names below that of
  ///     the model.
  func variables(ofLayer layer: String, inside names: [String] = [], count: Int) throws -> [Tensor<Float>] {
    if count == 0 { return [] }
    let folder = folder(layer)
    let all = try variableNames(ofLayer: layer)
    let own = names.isEmpty ? all : Self.variables(of: names[names.count - 1], among: all)
    guard own.count == count else {
      throw ModelFileError(
        path: path, place: folder, problem: .mismatch(found: "\(own.count) variables", expected: "\(count)"))
    }
    return try own.map { name in
      let dataset = try file.dataset("\(folder)/\(name)")
      // Many names may lead to the same bytes; together they may not hold more than the file.
      total += dataset.tensor.shape.elementCount
      guard total <= byteCount else {
        throw ModelFileError(path: path, place: name, problem: .damaged("variables larger than the file"))
      }
      return dataset.tensor
    }
  }

  /// Throws if a model itself has variables, beside those of its layers: none that Kilim reads has any.
  func requireNoVariablesOfTheModel() throws {
    let name = "top_level_model_weights"
    guard try file.children(of: root).contains(name), try !variableNames(ofLayer: name).isEmpty else { return }
    throw ModelFileError(
      path: path, place: folder(name),
      problem: .unsupported(found: "variables of the model itself", expected: "variables of layers"))
  }

  private func folder(_ layer: String) -> String { root.isEmpty ? layer : "\(root)/\(layer)" }

  private func variableNames(ofLayer layer: String) throws -> [String] {
    try file.names("weight_names", of: folder(layer))
  }

  /// The variables of a layer among those of the model that it stands in: `sequential/conv2d/kernel` is one of `conv2d`,
  /// and `sequential/lstm/lstm_cell/kernel` one of `lstm`.
  ///
  /// Names of layers may have slashes, which Keras 3 writes as `_`, and may end as another's: `block/Conv/kernel` is none of
  /// `Conv` where `Conv/kernel` is there too.
  private static func variables(of layer: String, among names: [String]) -> [String] {
    let own = ExactText(layer.replacing("/", with: "_"))
    let ownLength = own.text.utf8.count
    /// How many folders stand before the layer's name, and whether some stand behind it.
    func place(_ name: String) -> (before: Int, isInside: Bool)? {
      let folders = name.split(separator: "/").dropLast()
      var inside: (before: Int, isInside: Bool)?
      for before in folders.indices {
        // Only folders that are as long together can be the name: a file may give a variable thousands of them.
        var (end, length) = (before, folders[before].utf8.count)
        while length < ownLength, end + 1 < folders.endIndex {
          end += 1
          length += 1 + folders[end].utf8.count
        }
        guard length == ownLength, ExactText(folders[before...end].joined(separator: "_")) == own else { continue }
        if end + 1 == folders.endIndex { return (before, false) }
        inside = inside ?? (before, true)
      }
      return inside
    }
    let placed = names.compactMap { name in place(name).map { (name: name, place: $0) } }
    let direct = placed.filter { !$0.place.isInside }
    let owned = direct.isEmpty ? placed : direct
    let nearest = owned.map(\.place.before).min()
    return owned.filter { $0.place.before == nearest }.map(\.name)
  }
}

extension HDF5Reader {
  /// A list of names in an attribute. A list too long for one attribute is split over several; none is an empty list.
  fileprivate func names(_ attribute: String, of folder: String) throws -> [String] {
    if let names = try texts(attribute, of: folder) { return names }
    var (names, piece): ([String], Int) = ([], 0)
    while let more = try texts("\(attribute)\(piece)", of: folder) {
      names += more
      piece += 1
    }
    return names
  }
}
