import Autograd

/// Which copy each layer, parameter and buffer has in one call of ``Layer/copy()``.
///
/// Each of them has one copy, however many places it stands in: what is shared stays shared.
public final class LayerCopies {
  private let paths: [ObjectIdentifier: String]
  private var layers: [ObjectIdentifier: any Layer] = [:]
  private var parameters: [ObjectIdentifier: Parameter] = [:]
  private var buffers: [ObjectIdentifier: Buffer] = [:]
  /// Each layer before the layers inside it.
  private var pairs: [(original: any Layer, copy: any Layer)] = []

  init(of root: any Layer) {
    paths = Dictionary(root.layersByPath.map { (ObjectIdentifier($0.layer), $0.path) }) { first, _ in first }
  }

  // MARK: For makeCopy

  /// The copy of an inner layer, with its values.
  ///
  /// - Throws: ``CopyError`` for a layer that does not say how it is copied.
  public func layer<Kind: Layer>(_ layer: Kind) throws -> Kind {
    if let known = layers[ObjectIdentifier(layer)] as? Kind { return known }
    let made = try layer.makeCopy(self)
    guard let copy = made as? Kind else { throw error(layer, "its makeCopy returns a \(type(of: made))") }
    try match(layer, copy)
    return copy
  }

  /// The copy of an inner layer of any type, with its values.
  ///
  /// - Throws: ``CopyError`` for a layer that does not say how it is copied.
  public func layer(any layer: any Layer) throws -> any Layer {
    let copy = try self.layer(layer)
    return copy
  }

  /// The copy of a parameter, with its value and constraint. It is needed for a parameter that belongs to another layer
  /// as well.
  public func parameter(_ parameter: Parameter) -> Parameter {
    if let known = parameters[ObjectIdentifier(parameter)] { return known }
    let copy = Parameter(constraint: parameter.constraint)
    copy.storage.content = parameter.storage.content
    if parameter.isFixed { copy.fix() }
    parameters[ObjectIdentifier(parameter)] = copy
    return copy
  }

  /// The copy of a buffer, with its value; see ``parameter(_:)``.
  public func buffer(_ buffer: Buffer) -> Buffer {
    if let known = buffers[ObjectIdentifier(buffer)] { return known }
    let copy = Buffer()
    copy.storage.content = buffer.storage.content
    buffers[ObjectIdentifier(buffer)] = copy
    return copy
  }

  // MARK: Values

  /// Gives a copy the values of its original, and the layers that the copy has made inside itself too.
  private func match(_ layer: any Layer, _ copy: any Layer) throws {
    let id = ObjectIdentifier(layer)
    if let known = layers[id] {
      guard known === copy else { throw error(layer, "it stands in two layers, and its copies are two") }
      return
    }
    guard type(of: layer) == type(of: copy) else { throw error(layer, "its makeCopy returns a \(type(of: copy))") }
    if let option = differentOption(layer, copy) {
      throw error(layer, "its makeCopy returns a layer with \(option)")
    }
    layers[id] = copy
    pairs.append((layer, copy))
    let (old, new) = (StoredProperties(of: layer), StoredProperties(of: copy))
    let (oldLayers, newLayers) = (layer.children, copy.children)
    guard
      old.parameters.map(\.name) == new.parameters.map(\.name), old.buffers.map(\.name) == new.buffers.map(\.name),
      oldLayers.map(\.name) == newLayers.map(\.name)
    else { throw error(layer, "its makeCopy returns a layer with other parameters, buffers or inner layers") }
    for (old, new) in zip(old.parameters, new.parameters) {
      guard old.parameter.constraint == new.parameter.constraint else {
        throw error(layer, "its makeCopy returns a layer whose \(old.name) has another constraint")
      }
      try register(old.parameter, new.parameter, in: &parameters, layer, old.name)
      new.parameter.storage.content = old.parameter.storage.content
      if old.parameter.isFixed { new.parameter.fix() }
    }
    for (old, new) in zip(old.buffers, new.buffers) {
      try register(old.buffer, new.buffer, in: &buffers, layer, old.name)
      new.buffer.storage.content = old.buffer.storage.content
    }
    for (old, new) in zip(oldLayers, newLayers) { try match(old.layer, new.layer) }
  }

  private func register<Item: AnyObject>(
    _ original: Item, _ copy: Item, in copies: inout [ObjectIdentifier: Item], _ layer: any Layer, _ name: String
  ) throws {
    guard original !== copy else { throw error(layer, "its copy has the same \(name), not one of its own") }
    guard copies[ObjectIdentifier(original)] ?? copy === copy else {
      throw error(
        layer, "its \(name) belongs to another layer too, and makeCopy does not take the copy from its argument")
    }
    copies[ObjectIdentifier(original)] = copy
  }

  /// Freezes what is frozen in the originals: a layer first, then those inside it, which may differ from it.
  func copyTrainability() {
    for (original, copy) in pairs where copy !== original && copy.isTrainable != original.isTrainable {
      copy.isTrainable = original.isTrainable
    }
    for (original, copy) in pairs {
      let parameters = zip(StoredProperties(of: original).parameters, StoredProperties(of: copy).parameters)
      for (old, new) in parameters where new.parameter.isTrainable != old.parameter.isTrainable {
        new.parameter.isTrainable = old.parameter.isTrainable
      }
    }
  }

  // MARK: Errors

  /// The first stored property of plain values that differs, as `rate = 0.5, not 0.2`; `nil` for none.
  private func differentOption(_ layer: any Layer, _ copy: any Layer) -> String? {
    let (old, new) = (StoredProperties.all(of: layer), StoredProperties.all(of: copy))
    for (old, new) in zip(old, new) {
      guard let value = old.value as? any Hashable, let other = new.value as? any Hashable,
        AnyHashable(value) != AnyHashable(other)
      else { continue }
      return "\(old.label ?? "a property") = \(other), not \(value)"
    }
    return nil
  }

  func error(_ layer: any Layer, _ reason: String) -> CopyError {
    CopyError(layer: paths[ObjectIdentifier(layer)] ?? "", type: "\(type(of: layer))", reason: reason)
  }
}
