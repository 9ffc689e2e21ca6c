import NN
import Serialization

extension Regularizer {
  /// Reads a penalty in any of Keras's spellings: `"l2"`, `L1`, `L2`, `L1L2`, `OrthogonalRegularizer`, with or without a
  /// module.
  ///
  /// - Returns: `nil` for one of another kind.
  init?(keras json: JSON) {
    if let name = json.text {
      switch name.lowercased() {
      case "l1": self = .l1()
      case "l2": self = .l2()
      case "l1_l2", "l1l2": self = .l1l2(l1: 0, l2: 0)
      default: return nil
      }
      return
    }
    guard let kind = json["class_name"]?.text, json.foreignClass == nil else { return nil }
    var options = (json["config"]?.members ?? [:]).filter { $0.value != .null }
    /// A rate of 0 or more.
    func rate(_ key: String, default fallback: Float) -> Float? {
      switch options.removeValue(forKey: key) {
      case nil: fallback
      case .number(let rate) where rate >= 0 && rate.isFinite: Float(rate)
      default: nil
      }
    }
    switch kind {
    case "L1":
      guard let l1 = rate("l1", default: 0.01) else { return nil }
      self = .l1(l1)
    case "L2":
      guard let l2 = rate("l2", default: 0.01) else { return nil }
      self = .l2(l2)
    case "L1L2":
      guard let l1 = rate("l1", default: 0), let l2 = rate("l2", default: 0) else { return nil }
      self = .l1l2(l1: l1, l2: l2)
    case "OrthogonalRegularizer":
      let mode = options.removeValue(forKey: "mode") ?? "rows"
      guard let factor = rate("factor", default: 0.01), mode == "rows" || mode == "columns" else { return nil }
      self = .orthogonal(factor, of: mode == "rows" ? .rows : .columns)
    default: return nil
    }
    guard options.isEmpty else { return nil }
  }
}

extension JSON {
  /// A penalty as Keras describes it; null for none.
  init(_ regularizer: Regularizer?) {
    guard let regularizer else {
      self = nil
      return
    }
    let (name, options): (String, [String: JSON]) =
      switch regularizer {
      case .l1(let rate): ("L1", ["l1": JSON(rate)])
      case .l2(let rate): ("L2", ["l2": JSON(rate)])
      case .l1l2(let l1, let l2): ("L1L2", ["l1": JSON(l1), "l2": JSON(l2)])
      case .orthogonal(let rate, let vectors):
        ("OrthogonalRegularizer", ["factor": JSON(rate), "mode": vectors == .rows ? "rows" : "columns"])
      }
    self = JSON(kerasObject: name, of: "keras.regularizers", options)
  }
}

extension KerasOptions {
  /// Takes a penalty. One that Kilim lacks is left for ``finish()``.
  ///
  /// - Parameter isOnMatrix: whether what the penalty is on has two axes, as the penalty for orthogonal vectors needs.
  mutating func regularizer(_ key: String, isOnMatrix: Bool = false) -> Regularizer? {
    guard let regularizer = peek(key).flatMap({ Regularizer(keras: $0) }) else { return nil }
    if case .orthogonal = regularizer, !isOnMatrix { return nil }
    _ = take(key)
    return regularizer
  }

  /// Takes the penalty on the output of a layer, unless the activation becomes a layer behind it: then it is on the output
  /// of that one.
  mutating func activityRegularizer(isOnMatrix: Bool = false) -> Regularizer? {
    activationBehind == nil ? regularizer("activity_regularizer", isOnMatrix: isOnMatrix) : nil
  }
}
