/// Names for layers, each once, from the names of nodes and values.
struct ONNXLayerNames {
  private var taken: Set<String> = []
  private var counts: [String: Int] = [:]

  /// A name that no layer has yet, like that of a node: `/layer1/conv/Conv` gives `layer1_conv_Conv`.
  ///
  /// Only letters, digits, `_` and `-` stay, so that Keras takes the name too.
  mutating func free(_ name: String) -> String {
    var base = ""
    for character in name.unicodeScalars.prefix(200) {
      let stays =
        character.properties.isAlphabetic || character.properties.numericType != nil || "_-".contains("\(character)")
      if stays { base.unicodeScalars.append(character) } else if !base.isEmpty, base.last != "_" { base.append("_") }
    }
    while base.last == "_" { base.removeLast() }
    if base.isEmpty { base = "layer" }
    var result = base
    while !taken.insert(result).inserted {
      let count = counts[base, default: 0] + 1
      counts[base] = count
      result = "\(base)_\(count)"
    }
    return result
  }
}
