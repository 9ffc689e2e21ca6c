import NN
import Serialization

/// Keras has `Activation` for functions with a name, and classes for those with options.
extension ActivationLayer: KerasLayer {
  var kerasClass: String {
    if case .leakyReLU = activation { "LeakyReLU" } else { "Activation" }
  }

  func kerasOptions() throws(ModelFileError.Problem) -> [String: JSON] {
    if case .leakyReLU(let slope) = activation { return ["negative_slope": JSON(slope)] }
    return ["activation": try activation.kerasName()]
  }

  convenience init(keras options: inout KerasOptions) throws(ModelFileError.Problem) {
    self.init(try options.activation())
  }
}
