import Autograd

/// What a layer's stored properties hold: its parameters, buffers and inner layers, under the names of the properties.
///
/// Arrays number their elements: `blocks.0`, `blocks.1`.
struct StoredProperties {
  private(set) var parameters: [(name: String, parameter: Parameter)] = []
  private(set) var buffers: [(name: String, buffer: Buffer)] = []
  private(set) var layers: [(name: String, layer: any Layer)] = []

  init(of layer: any Layer) {
    for property in Self.all(of: layer) { add(property.value, name: property.label ?? "") }
  }

  /// All stored properties, those of superclasses first.
  static func all(of layer: any Layer) -> [Mirror.Child] {
    var mirror: Mirror? = Mirror(reflecting: layer)
    var mirrors: [Mirror] = []
    while let next = mirror {
      mirrors.insert(next, at: 0)
      mirror = next.superclassMirror
    }
    return mirrors.flatMap(\.children)
  }

  private mutating func add(_ value: Any, name: String) {
    switch value {
    case let parameter as Parameter: parameters.append((name, parameter))
    case let buffer as Buffer: buffers.append((name, buffer))
    case let layer as any Layer: layers.append((name, layer))
    default:
      let mirror = Mirror(reflecting: value)
      switch mirror.displayStyle {
      case .optional:
        for child in mirror.children { add(child.value, name: name) }
      case .collection:
        for (index, child) in mirror.children.enumerated() { add(child.value, name: "\(name).\(index)") }
      default: break
      }
    }
  }
}
