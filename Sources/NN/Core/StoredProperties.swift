import Autograd

/// What a layer's stored properties hold: its parameters, buffers and inner layers, under the names of the properties.
///
/// Arrays number their elements: `blocks.0`, `blocks.1`.
struct StoredProperties {
  private(set) var parameters: [(name: String, parameter: Parameter)] = []
  private(set) var buffers: [(name: String, buffer: Buffer)] = []
  private(set) var layers: [(name: String, layer: any Layer)] = []
  /// What stands in a tuple, struct, dictionary, set or enum, where no layer keeps it; empty unless it was asked for.
  private(set) var misplaced: [Misplaced] = []
  private let findsMisplaced: Bool

  /// A parameter, buffer or layer at a place where it is not found.
  struct Misplaced {
    /// The name of the property.
    let name: String
    /// The form of the place, as in `a tuple`.
    let place: String
    let content: AnyObject
  }

  /// - Parameter findsMisplaced: whether values of other forms are searched for what is ``misplaced``.
  init(of layer: any Layer, findsMisplaced: Bool = false) {
    self.findsMisplaced = findsMisplaced
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
      case .tuple: addMisplaced(in: mirror, name, "a tuple")
      case .struct: addMisplaced(in: mirror, name, "a struct")
      case .dictionary: addMisplaced(in: mirror, name, "a dictionary")
      case .set: addMisplaced(in: mirror, name, "a set")
      case .enum: addMisplaced(in: mirror, name, "an enum")
      default: break
      }
    }
  }

  private mutating func addMisplaced(in mirror: Mirror, _ name: String, _ place: String) {
    guard findsMisplaced else { return }
    // The elements of a long list are alike: a vocabulary holds no layers behind its first words.
    for child in mirror.children.prefix(100) {
      switch child.value {
      case let parameter as Parameter: misplaced.append(Misplaced(name: name, place: place, content: parameter))
      case let buffer as Buffer: misplaced.append(Misplaced(name: name, place: place, content: buffer))
      case let layer as any Layer: misplaced.append(Misplaced(name: name, place: place, content: layer))
      default:
        let inner = Mirror(reflecting: child.value)
        // Other objects may hold each other in circles.
        if !(inner.subjectType is AnyClass) { addMisplaced(in: inner, name, place) }
      }
    }
  }
}
