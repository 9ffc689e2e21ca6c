import NN
import Serialization

extension Rescaling: KerasLayer {
  var kerasClass: String { "Rescaling" }

  func kerasOptions() -> [String: JSON] { ["scale": JSON(scale), "offset": JSON(offset)] }

  convenience init(keras options: inout KerasOptions) throws(ModelFileError.Problem) {
    self.init(try options.sameNumber("scale", default: 1), offset: try options.sameNumber("offset", default: 0))
  }
}
