import NN

/// The layers of a model in the order of their first calls. Those of a model inside stand in its place.
struct LayerOrder {
  /// A layer that is no model, with everything inside it.
  struct Unit {
    let path: String
    let layer: any Layer
  }

  private(set) var units: [Unit] = []
  /// The path of each layer and model, and the first unit that belongs to it.
  private var places: [(path: String, first: Int)] = []

  init(of model: Model) {
    var seen: Set<ObjectIdentifier> = []
    add(model, path: "", seen: &seen)
  }

  private mutating func add(_ model: Model, path: String, seen: inout Set<ObjectIdentifier>) {
    for (name, layer) in model.children where seen.insert(ObjectIdentifier(layer)).inserted {
      let inner = path.isEmpty ? name : "\(path).\(name)"
      places.append((inner, units.count))
      if let part = layer as? Model {
        add(part, path: inner, seen: &seen)
      } else {
        units.append(Unit(path: inner, layer: layer))
      }
    }
  }

  /// The first unit of the layer that a user names.
  ///
  /// - Throws: ``FineTuningError`` if there is no such layer, or several.
  func index(of name: String) throws(FineTuningError) -> Int {
    if let place = places.first(where: { $0.path == name }) { return place.first }
    let named = places.filter { $0.path.hasSuffix(".\(name)") }
    guard named.count < 2 else { throw .severalLayers(name, paths: named.map(\.path)) }
    if let place = named.first { return place.first }
    // Of a block, the first layer in each model.
    var blocks: [String: (path: String, first: Int)] = [:]
    for place in places {
      for start in [place.path[...], lastName(place.path)] where Self.begins(start, with: name) {
        let model = String(place.path.dropLast(lastName(place.path).count))
        if blocks[model] == nil { blocks[model] = place }
      }
    }
    guard blocks.count < 2 else { throw .severalLayers(name, paths: blocks.values.map(\.path).sorted()) }
    guard let block = blocks.values.first else {
      let known = places.map { String(lastName($0.path)) } + places.map(\.path).filter { $0.contains(".") }
      throw .noLayer(name, similar: similarNames(to: name, in: known))
    }
    return block.first
  }

  /// The first unit of the head.
  ///
  /// - Parameters:
  ///   - model: the model that the order was made of.
  ///   - layer: the first layer of the head; `nil` for what stands behind the vector of features.
  func headIndex(of model: Model, from layer: String?) throws(FineTuningError) -> Int {
    let first: Int
    if let layer {
      first = try index(of: layer)
    } else {
      do {
        let features = Set(try model.withoutClassifier().layersByPath.map { ObjectIdentifier($0.layer) })
        first = (units.lastIndex { features.contains(ObjectIdentifier($0.layer)) } ?? -1) + 1
      } catch {
        throw .noHead(reason: "\(error)")
      }
    }
    guard units[first...].contains(where: { !$0.layer.parameters.isEmpty }) else {
      throw .noHead(reason: "no layer with parameters stands behind the features")
    }
    return first
  }

  /// Whether a name is that of a block, such as `block6a_conv` of `block6`; `block60` is another block.
  private static func begins(_ name: Substring, with block: String) -> Bool {
    guard !block.isEmpty, name.hasPrefix(block), let next = name.dropFirst(block.count).first else { return false }
    return !(next.isNumber && block.last?.isNumber == true)
  }
}

/// What stands behind the last dot.
private func lastName(_ path: String) -> Substring {
  path.lastIndex(of: ".").map { path[path.index(after: $0)...] } ?? path[...]
}
