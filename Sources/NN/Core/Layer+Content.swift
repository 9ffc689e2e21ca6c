import Autograd
import Tensor

extension Layer {
  /// Checks, after the layer was built, that everything it holds is found and has a value.
  ///
  /// - Throws: ``LayerError`` naming the property for a parameter, buffer or layer in a tuple, struct or dictionary, where
  ///   it would be neither trained nor saved, and for a parameter or buffer to which `build` gave no value.
  func checkContent(for inputShapes: [Shape]) throws {
    // The layers of a model are its list of children, and each is checked when the model builds it.
    guard !(self is Model) else { return }
    let layers = layersByPath
    let contents = layers.filter { !($0.layer is Model) }.map { path, layer in
      (path: path, layer: layer, stored: StoredProperties(of: layer, findsMisplaced: true))
    }
    var found = Set(layers.map { ObjectIdentifier($0.layer) })
    for content in contents {
      found.formUnion(content.stored.parameters.map { ObjectIdentifier($0.parameter) })
      found.formUnion(content.stored.buffers.map { ObjectIdentifier($0.buffer) })
    }
    for (path, layer, stored) in contents {
      func error(_ name: String, _ reason: String) -> LayerError {
        LayerError(inputShapes: inputShapes, reason: "its \(path.isEmpty ? name : "\(path).\(name)") \(reason)")
      }
      if let name = stored.firstWithoutValue {
        throw error(
          name,
          "has no value after build: build must set first values, and build inner layers with "
            + "build(as:inputShape:using:)")
      }
      let lost = stored.misplaced.filter { !found.contains(ObjectIdentifier($0.content)) && holdsValues($0.content) }
      // A layer with other children than the stored ones lists them itself, and knows which it leaves out.
      guard let first = lost.first(where: { !($0.content is any Layer) || !layer.listsChildren(besides: stored) })
      else { continue }
      throw error(
        first.name,
        "holds \(words(for: first.content)) in \(first.place), where it is neither trained nor saved: make it a property "
          + "of the layer, an optional one or an array")
    }
  }

  private func listsChildren(besides stored: StoredProperties) -> Bool {
    children.map { ObjectIdentifier($0.layer) } != stored.layers.map { ObjectIdentifier($0.layer) }
  }
}

extension StoredProperties {
  /// The name of the first parameter or buffer without a value.
  fileprivate var firstWithoutValue: String? {
    parameters.first { !$0.parameter.hasValue }?.name ?? buffers.first { $0.buffer.storage.value == nil }?.name
  }
}

/// Whether training or a file would miss something: an activation is the same wherever it stands.
private func holdsValues(_ content: AnyObject) -> Bool {
  guard let layer = content as? any Layer else { return true }
  return !layer.namedParameters.isEmpty || !layer.namedBuffers.isEmpty
}

private func words(for content: AnyObject) -> String {
  switch content {
  case is Parameter: "a parameter"
  case is Buffer: "a buffer"
  default: "the layer \(type(of: content))"
  }
}
