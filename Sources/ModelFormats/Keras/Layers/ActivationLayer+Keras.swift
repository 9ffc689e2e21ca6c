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

  convenience init(kerasReLU options: inout KerasOptions) throws(ModelFileError.Problem) {
    try options.require("threshold", oneOf: [0])
    let slope = try options.number("negative_slope", default: 0)
    self.init(slope == 0 ? .relu : .leakyReLU(slope: slope))
  }

  convenience init(kerasLeakyReLU options: inout KerasOptions) throws(ModelFileError.Problem) {
    self.init(.leakyReLU(slope: try options.number("negative_slope", default: 0.3)))
  }

  convenience init(kerasSoftmax options: inout KerasOptions) throws(ModelFileError.Problem) {
    try options.require("axis", oneOf: [.number(-1), 3])
    self.init(.softmax)
  }
}
