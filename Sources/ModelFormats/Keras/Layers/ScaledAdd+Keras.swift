import NN
import Serialization

/// The class is no part of Keras's layers: `keras.applications` has it beside InceptionResNetV2.
extension ScaledAdd: KerasLayer {
  var kerasClass: String { "CustomScaleLayer" }
  var kerasModule: String { "keras.src.applications.inception_resnet_v2" }

  func kerasOptions() -> [String: JSON] { ["scale": JSON(scale)] }

  convenience init(keras options: inout KerasOptions) throws(ModelFileError.Problem) {
    guard options.holds("scale") else { throw .unsupported(found: "no scale", expected: "a number") }
    self.init(scale: try options.number("scale", default: 1))
  }
}
