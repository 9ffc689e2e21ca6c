import NN
import Serialization

extension Rescaling: KerasLayer {
  var kerasClass: String { "Rescaling" }

  func kerasOptions() -> [String: JSON] { ["scale": JSON(scale), "offset": JSON(offset)] }

  convenience init(keras options: inout KerasOptions) throws(ModelFileError.Problem) {
    self.init(try options.number("scale", default: 1), offset: try options.number("offset", default: 0))
  }
}
