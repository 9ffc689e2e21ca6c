import NN
import Serialization
import Tensor

extension UnitNorm: KerasLayer {
  var kerasClass: String { "UnitNormalization" }

  func kerasOptions(inputShapes: [Shape]) -> [String: JSON] { ["axis": JSON(kerasAxes: axes, of: inputShapes[0])] }

  convenience init(keras options: inout KerasOptions, _ input: KerasInput) throws(ModelFileError.Problem) {
    self.init(axes: try options.batchAxes("axis", of: input.shape))
  }
}
