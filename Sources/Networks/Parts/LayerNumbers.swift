/// Names for layers that a network leaves unnamed, as Keras numbers them: `conv2d`, `conv2d_1`, ….
struct LayerNumbers {
  private var counts: [String: Int] = [:]

  /// The next name of a kind.
  mutating func next(_ kind: String) -> String {
    let count = counts[kind, default: 0]
    counts[kind] = count + 1
    return count == 0 ? kind : "\(kind)_\(count)"
  }
}
