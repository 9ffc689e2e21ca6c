import Serialization

/// A penalty of Keras on what a layer holds: l1 · Σ |w| + l2 · Σ w².
struct KerasPenalty: Equatable {
  let l1: Double
  let l2: Double

  /// Reads a regularizer in any of Keras's spellings: `"l2"`, `L2`, `L1`, `L1L2`, with or without a module.
  ///
  /// - Returns: `nil` for one of another kind.
  init?(_ json: JSON) {
    if let name = json.text {
      switch name.lowercased() {
      case "l1": (l1, l2) = (0.01, 0)
      case "l2": (l1, l2) = (0, 0.01)
      default: return nil
      }
      return
    }
    guard let kind = json["class_name"]?.text, json.foreignClass == nil else { return nil }
    let options = json["config"]?.members ?? [:]
    let defaults: [String: Double]
    switch kind {
    case "L1": defaults = ["l1": 0.01]
    case "L2": defaults = ["l2": 0.01]
    case "L1L2": defaults = ["l1": 0, "l2": 0]
    default: return nil
    }
    var rates: [String: Double] = defaults
    for (key, value) in options where value != .null {
      guard case .number(let rate) = value, defaults[key] != nil, rate >= 0 else { return nil }
      rates[key] = rate
    }
    (l1, l2) = (rates["l1"] ?? 0, rates["l2"] ?? 0)
  }
}

extension JSON {
  /// What tells that the class of an object is not Keras's own; `nil` if it is. A user's class may have the name of one of
  /// Keras's.
  var foreignClass: String? {
    let name = self["class_name"]?.text ?? ""
    switch self["module"] {
    // Keras 2 names no module for a class of its own.
    case nil: break
    case .string(let module) where Self.isKerasModule(module): break
    case let module?: return "the class \(name) of module \(module), which is not Keras's own,"
    }
    switch self["registered_name"] {
    case nil, .null: return nil
    case .string(let registered) where ExactText(registered) == ExactText(name): return nil
    case let registered?: return "the class \(name) registered as \(registered), which is not Keras's own,"
    }
  }

  private static func isKerasModule(_ module: String) -> Bool {
    ["keras", "tf_keras", "tensorflow.keras", "tensorflow.python.keras"].contains { package in
      ExactText(module) == ExactText(package) || module.hasPrefix("\(package).")
    }
  }

  /// The object as Keras 3.0.5 and later read it: with the module that Keras 2 left out, without the options that are
  /// `null`, which older versions do not know.
  func readableByEveryKeras(module: String) -> JSON {
    guard var members, members["class_name"] != nil else { return self }
    if members["module"] == nil { members["module"] = .string(module) }
    if members["registered_name"] == nil { members["registered_name"] = .null }
    members["config"] = JSON(members: (members["config"]?.members ?? [:]).filter { $0.value != .null })
    members["shared_object_id"] = nil
    return JSON(members: members)
  }
}
