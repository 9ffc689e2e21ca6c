import NN
import Serialization
import Tensor

extension Activation {
  /// The activations that Keras knows by name. Its `sparsemax` is not among them: up to Keras 3.15 it adds up partial sums,
  /// and gives other numbers than the published function.
  static let kerasNames: [String: Activation] = [
    "linear": .linear, "relu": .relu, "relu6": .relu6, "leaky_relu": .leakyReLU(slope: 0.2), "elu": .elu(),
    "celu": .celu(), "selu": .selu, "silu": .silu, "gelu": .gelu, "mish": .mish, "sigmoid": .sigmoid,
    "hard_sigmoid": .hardSigmoid, "hard_silu": .hardSiLU, "log_sigmoid": .logSigmoid,
    "sparse_sigmoid": .sparseSigmoid, "tanh": .tanh, "hard_tanh": .hardTanh, "tanh_shrink": .tanhShrink,
    "soft_shrink": .softShrink(), "hard_shrink": .hardShrink(), "softplus": .softplus, "squareplus": .squareplus(),
    "sparse_plus": .sparsePlus, "softsign": .softsign, "exponential": .exponential, "softmax": .softmax,
    "log_softmax": .logSoftmax,
  ]

  /// The activation of a name in Keras, or of one of its other names; `nil` for none.
  init?(kerasName name: String) {
    let others = ["swish": "silu", "hard_swish": "hard_silu"]
    guard let known = Self.kerasNames[others[name] ?? name] ?? JSON.functionsOfKeras2[name] else { return nil }
    self = known
  }

  /// Keras's name of the activation.
  func kerasName() throws(ModelFileError.Problem) -> JSON {
    guard let name = Self.kerasNames.first(where: { $0.value == self })?.key else {
      if case .hardSigmoidWithSlope = self { throw .hardSigmoidOfKeras2 }
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

  /// The form in which Keras describes any object.
  init(kerasObject name: String, of module: String, _ config: [String: JSON]) {
    self = [
      "module": .string(module), "class_name": .string(name), "config": JSON(members: config), "registered_name": nil,
    ]
  }
}
