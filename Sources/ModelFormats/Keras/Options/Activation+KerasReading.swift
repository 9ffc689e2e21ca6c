import NN
import Serialization

extension Activation {
  /// Reads an activation as Keras writes it: a name, a function or layer as an object.
  ///
  /// - Throws: the problem naming an activation that Kilim lacks.
  init(keras json: JSON) throws(ModelFileError.Problem) {
    let names = Self.kerasNames.keys.sorted().joined(separator: ", ")
    func unsupported() -> ModelFileError.Problem {
      .unsupported(found: "the activation \(json)", expected: names)
    }
    if let name = json.text {
      guard let known = Self(kerasName: name) else { throw unsupported() }
      self = known
      return
    }
    guard let kind = json["class_name"]?.text else { throw unsupported() }
    if kind == "function", let name = json["config"]?.text {
      // Keras says "function" for its own functions, and a package for those of a user.
      guard [nil, .null, "function"].contains(json["registered_name"]), let known = Self(kerasName: name) else {
        throw .unsupported(found: "the activation \"\(name)\" as a function of its own", expected: names)
      }
      self = known
      return
    }
    if let foreign = json.foreignClass { throw .unsupported(found: foreign, expected: "an activation of Keras") }
    guard let table = KerasTables.layers[kind] else { throw unsupported() }
    var options = KerasOptions(of: json, table, for: .prediction)
    switch kind {
    case "Activation": self = try options.activation()
    case "ReLU": self = try Self.reLU(keras: &options)
    case "ELU": self = .elu(alpha: try options.number("alpha", default: 1))
    case "LeakyReLU": self = try Self.leakyReLU(keras: &options)
    case "Softmax":
      try options.require("axis", oneOf: [.number(-1), [.number(-1)]])
      self = .softmax
    default: throw unsupported()
    }
    _ = try options.finish()
  }

  /// Reads the options of Keras's `ReLU`.
  static func reLU(keras options: inout KerasOptions) throws(ModelFileError.Problem) -> Activation {
    try ReLU(keras: &options).activation
  }

  /// Reads the options of Keras's `LeakyReLU`, whose slope Keras 2 calls `alpha`.
  static func leakyReLU(keras options: inout KerasOptions) throws(ModelFileError.Problem) -> Activation {
    let alpha = try options.number("alpha", default: 0.3)
    return .leakyReLU(slope: try options.number("negative_slope", default: alpha))
  }
}
