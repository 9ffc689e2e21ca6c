import Autograd
import Serialization

// Keras counts the axes of a norm in its own layout of a weight. `axes[i]` is the weight's axis here that is axis i there;
// nil for an axis that has no counterpart alone.

extension Constraint {
  /// Reads a constraint in any of Keras's spellings: `"non_neg"`, `NonNeg`, `MaxNorm`, `MinMaxNorm`, `UnitNorm`.
  ///
  /// - Returns: `nil` for one of another kind, or along an axis that the weight does not have.
  init?(keras json: JSON, axes: [Int?]) {
    let classes = ["non_neg": "NonNeg", "max_norm": "MaxNorm", "min_max_norm": "MinMaxNorm", "unit_norm": "UnitNorm"]
    guard let name = json.text ?? json["class_name"]?.text, json.foreignClass == nil else { return nil }
    var options = json["config"]?.members ?? [:]
    /// A number of 0 or more.
    func number(_ key: String, default fallback: Float) -> Float? {
      switch options.removeValue(forKey: key) {
      case nil: fallback
      case .number(let value) where value >= 0 && value.isFinite: Float(value)
      default: nil
      }
    }
    let kind = classes[name] ?? name
    if kind == "NonNeg" {
      self = .nonNegative
    } else {
      guard let norm = Self.axes(options.removeValue(forKey: "axis") ?? 0, axes) else { return nil }
      switch kind {
      case "MaxNorm":
        guard let maximum = number("max_value", default: 2) else { return nil }
        self = .maxNorm(maximum, axes: norm)
      case "MinMaxNorm":
        guard let minimum = number("min_value", default: 0), let maximum = number("max_value", default: 1),
          let rate = number("rate", default: 1), minimum <= maximum
        else { return nil }
        self = .minMaxNorm(minimum: minimum, maximum: maximum, rate: rate, axes: norm)
      case "UnitNorm": self = .unitNorm(axes: norm)
      default: return nil
      }
    }
    guard options.isEmpty else { return nil }
  }

  /// The axes of a norm: one or several in Keras's layout, counted from either end, or null for all.
  private static func axes(_ json: JSON, _ axes: [Int?]) -> [Int]? {
    if json == .null { return Array(axes.indices) }
    var found: [Int] = []
    for case .number(let axis) in json.elements ?? [json] {
      guard let axis = Int(exactly: axis), axes.indices.contains(axis < 0 ? axis + axes.count : axis),
        let own = axes[axis < 0 ? axis + axes.count : axis]
      else { return nil }
      found.append(own)
    }
    return found.count == (json.elements ?? [json]).count && Set(found).count == found.count && !found.isEmpty
      ? found.sorted() : nil
  }
}

extension JSON {
  /// A constraint as Keras describes it; null for none.
  init(_ constraint: Constraint?, axes: [Int]) {
    guard let constraint else {
      self = nil
      return
    }
    let norm = (constraint.axes ?? Array(axes.indices)).map { own in axes.firstIndex(of: own) ?? own }.sorted()
    let axis: JSON = norm.count == 1 ? JSON(norm[0]) : .array(norm.map { JSON($0) })
    let (name, options): (String, [String: JSON]) =
      switch constraint {
      case .maxNorm(let maximum, _): ("MaxNorm", ["max_value": JSON(maximum), "axis": axis])
      case .minMaxNorm(let minimum, let maximum, let rate, _):
        (
          "MinMaxNorm",
          ["min_value": JSON(minimum), "max_value": JSON(maximum), "rate": JSON(rate), "axis": axis]
        )
      case .unitNorm: ("UnitNorm", ["axis": axis])
      case .nonNegative: ("NonNeg", [:])
      }
    self = JSON(kerasObject: name, of: "keras.constraints", options)
  }
}

extension KerasOptions {
  /// Takes a constraint on a weight. One that Kilim lacks is left for ``finish()``.
  ///
  /// - Parameter axes: the weight's axes in the order that Keras has them.
  mutating func constraint(_ key: String, axes: [Int?] = [0]) -> Constraint? {
    guard let constraint = peek(key).flatMap({ Constraint(keras: $0, axes: axes) }) else { return nil }
    _ = take(key)
    return constraint
  }
}
