import Serialization

extension JSON {
  /// What tells that the class of an object is not Keras's own; `nil` if it is. A user's class may have the name of one of
  /// Keras's.
  var foreignClass: String? {
    let name = self["class_name"]?.text ?? ""
    switch self["module"] {
    // Keras 2 names no module for a class of its own.
    case nil: break
    case .string(let module) where Self.isKerasModule(module): break
    // A class that is registered in Python.
    case .null? where self["registered_name"]?.text != nil: break
    case let module?: return "the class \(name) of module \(module), which is not Keras's own,"
    }
    switch self["registered_name"] {
    case nil, .null: return nil
    case .string(let registered) where ExactText(registered) == ExactText(name) && self["module"] != .null: return nil
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
