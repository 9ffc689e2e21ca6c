import NN
import Serialization
import Tensor

extension Activation {
  /// The activations that Keras knows by name.
  static let kerasNames: [String: Activation] = [
    "linear": .linear, "relu": .relu, "sigmoid": .sigmoid, "tanh": .tanh, "softmax": .softmax,
  ]

  /// Keras's name of the activation.
  func kerasName() throws(ModelFileError.Problem) -> JSON {
    guard let name = Self.kerasNames.first(where: { $0.value == self })?.key else {
      throw .unsupported(found: "the activation \(self) inside a layer", expected: "an ActivationLayer behind it")
    }
    return .string(name)
  }
}

extension Padding {
  /// Keras's name of the padding.
  func kerasName() throws(ModelFileError.Problem) -> JSON {
    switch self {
    case .valid: "valid"
    case .same: "same"
    case .explicit: throw .unsupported(found: "explicit padding", expected: ".same or .valid for Keras")
    }
  }
}

extension JSON {
  /// A height and a width.
  init(_ size: Size) { self = [JSON(size.height), JSON(size.width)] }

  /// Keras's L2 penalty on a weight; null for none.
  init(l2 rate: Float) {
    self = rate > 0 ? JSON(kerasObject: "L2", of: "keras.regularizers", ["l2": JSON(rate)]) : nil
  }

  /// The form in which Keras describes any object.
  init(kerasObject name: String, of module: String, _ config: [String: JSON]) {
    self = [
      "module": .string(module), "class_name": .string(name), "config": .object(config), "registered_name": nil,
    ]
  }
}
