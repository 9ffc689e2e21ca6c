/// Names for the layers of a model: their type in small letters, numbered from the second of a type on: `conv2d`,
/// `conv2d_1`. Names that were given stay.
struct LayerNames {
  private var taken: Set<String>
  private var counts: [String: Int] = [:]

  /// - Throws: ``ModelError`` when a name is given twice or is empty or has a dot.
  init(given: [String]) throws(ModelError) {
    taken = []
    for name in given {
      guard !name.isEmpty, !name.contains(".") else { throw .name(name) }
      guard taken.insert(name).inserted else { throw .repeatedName(name) }
    }
  }

  /// Without names that were given.
  init() { taken = [] }

  /// The next free name for a layer of this type.
  mutating func name(for layer: any Layer) -> String {
    name(like: snakeCase(String(describing: type(of: layer))))
  }

  /// The next free name that begins like this.
  mutating func name(like kind: String) -> String {
    while true {
      let count = counts[kind, default: 0]
      counts[kind] = count + 1
      let name = count == 0 ? kind : "\(kind)_\(count)"
      if taken.insert(name).inserted { return name }
    }
  }
}

/// `MaxPool2D` as `max_pool2d`: small letters, with `_` before a capital that follows a small letter.
private func snakeCase(_ name: String) -> String {
  var result = ""
  var previous: Character?
  for character in name {
    if character.isUppercase, let previous, previous.isLowercase { result.append("_") }
    result += character.lowercased()
    previous = character
  }
  return result
}
