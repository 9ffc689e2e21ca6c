import NN
import Serialization

extension Masking: KerasLayer {
  var kerasClass: String { "Masking" }

  func kerasOptions() -> [String: JSON] { ["mask_value": JSON(value)] }

  convenience init(keras options: inout KerasOptions) throws(ModelFileError.Problem) {
    self.init(try options.number("mask_value", default: 0))
  }
}
