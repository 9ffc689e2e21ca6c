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
    if case .hardSigmoidWithSlope = activation { throw .hardSigmoidOfKeras2 }
    guard Activation.kerasNames.values.contains(activation) else {
      throw .unsupported(found: "the activation \(activation)", expected: "one that Keras has, with Keras's constants")
    }
    return ["activation": try activation.kerasName()]
  }

  convenience init(keras options: inout KerasOptions) throws(ModelFileError.Problem) {
    self.init(try options.activation())
  }
}

extension KerasPart {
  /// `Activation`. A softmax of images in a sequence, `[T, H, W, C]`, is over the channels, as all functions of Keras are over
  /// the last axis; an ``ActivationLayer`` takes such a value for an image of three dimensions.
  static func activation(
    _ options: inout KerasOptions, _ input: KerasInput
  ) throws(ModelFileError.Problem) -> [KerasPart] {
    let layer = try ActivationLayer(keras: &options)
    guard input.shape.rank == 4 else { return [KerasPart(layer)] }
    switch layer.activation {
    case .softmax: return [KerasPart(Softmax())]
    case .logSoftmax, .sparsemax:
      throw .unsupported(
        found: "the activation \(layer.activation) of images in a sequence", expected: "a softmax or no such input")
    default: return [KerasPart(layer)]
    }
  }
}
