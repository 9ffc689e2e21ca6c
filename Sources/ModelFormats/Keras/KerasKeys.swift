/// The names under which `model.weights.h5` keeps the variables of layers.
///
/// A layer's key is its class in snake case, numbered per class in the order of the layers: `conv2d`, `conv2d_1`,
/// `max_pooling2d`. Names of layers play no part (Keras 3, `saving_lib.py`).
struct KerasKeys {
  private var counts: [String: Int] = [:]

  /// The key of the next layer of a class.
  mutating func next(forClass name: String) -> String {
    let base = Self.snakeCase(name)
    let number = counts[base, default: 0]
    counts[base] = number + 1
    return number == 0 ? base : "\(base)_\(number)"
  }

  /// Keras's `to_snake_case`: a `_` before every capital that stands behind a small letter or before one, but for the
  /// first.
  private static func snakeCase(_ name: String) -> String {
    let characters = Array(name)
    return characters.indices.map { index in
      let isStart =
        index > 0 && characters[index].isUppercase
        && (characters[index - 1].isLowercase || characters.dropFirst(index + 1).first?.isLowercase == true)
      return (isStart ? "_" : "") + characters[index].lowercased()
    }.joined()
  }
}
