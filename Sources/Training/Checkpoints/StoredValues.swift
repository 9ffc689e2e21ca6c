/// The type of an object and the values in its stored properties, as `Dropout(rate: 0.2)`.
///
/// Numbers, texts, Booleans, enumerations, structures, and optionals and arrays of these are written. Classes,
/// dictionaries and functions are left out, because their text would differ in another process.
///
/// - Parameters:
///   - object: the object.
///   - names: properties that are left out too.
func storedValues(of object: AnyObject, except names: String...) -> String {
  var mirrors: [Mirror] = []
  var next: Mirror? = Mirror(reflecting: object)
  while let mirror = next {
    mirrors.insert(mirror, at: 0)
    next = mirror.superclassMirror
  }
  return "\(type(of: object))\(list(mirrors.flatMap(\.children).filter { !names.contains($0.label ?? "") }))"
}

/// A value in the same form; `nil` for a value that is left out.
func storedValue(_ value: Any) -> String? {
  let mirror = Mirror(reflecting: value)
  switch mirror.displayStyle {
  case nil:
    let isPlain = value is Bool || value is String || value is any BinaryInteger || value is any BinaryFloatingPoint
    return isPlain ? "\(value)" : nil
  case .optional:
    guard let content = mirror.children.first else { return "none" }
    return storedValue(content.value)
  case .enum:
    guard let content = mirror.children.first else { return "\(value)" }
    let payload = Mirror(reflecting: content.value)
    let values = payload.displayStyle == .tuple ? list(payload.children) : list([(nil, content.value)])
    return (content.label ?? "") + values
  case .collection:
    return "[" + mirror.children.compactMap { storedValue($0.value) }.joined(separator: ", ") + "]"
  case .struct: return "\(type(of: value))\(list(mirror.children))"
  case .tuple: return list(mirror.children)
  default: return nil
  }
}

private func list(_ children: some Sequence<Mirror.Child>) -> String {
  let values = children.compactMap { child in
    storedValue(child.value).map { value in child.label.map { "\($0): \(value)" } ?? value }
  }
  return values.isEmpty ? "" : "(" + values.joined(separator: ", ") + ")"
}
