import NN
import Serialization
import Tensor

/// Keras has `Activation` for functions with a name, and classes for those with options.
extension ActivationLayer: KerasLayer {
  var kerasClass: String {
    switch activation {
    case .leakyReLU: "LeakyReLU"
    case .boundedReLU where activation != .relu6: "ReLU"
    case .elu where activation != .elu(): "ELU"
    default: "Activation"
    }
  }

  func kerasOptions() throws(ModelFileError.Problem) -> [String: JSON] {
    switch activation {
    case .leakyReLU(let slope): return ["negative_slope": JSON(slope)]
    case .boundedReLU(let maximum, let slope, let threshold) where activation != .relu6:
      return ReLU(maximum: maximum, slope: slope, threshold: threshold).kerasOptions()
    case .elu(let alpha) where activation != .elu(): return ["alpha": JSON(alpha)]
    default: break
    }
    guard Activation.kerasNames.values.contains(activation) else {
      throw .unsupported(found: "the activation \(activation)", expected: "one that Keras has, with Keras's constants")
    }
    return ["activation": try activation.kerasName()]
  }

  convenience init(keras options: inout KerasOptions) throws(ModelFileError.Problem) {
    self.init(try options.activation())
  }
}
