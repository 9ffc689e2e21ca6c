import NN
import Serialization

extension Dropout: KerasLayer {
  var kerasClass: String { "Dropout" }

  func kerasOptions() -> [String: JSON] { ["rate": JSON(rate)] }

  convenience init(keras options: inout KerasOptions) throws(ModelFileError.Problem) {
    self.init(try options.number("rate", default: 0))
  }
}
