import NN
import Serialization
import Tensor

/// Keras: scale, with an axis for each normalized one, in the order of Keras's axes.
extension RMSNorm: KerasLayer {
  var kerasClass: String { "RMSNormalization" }

  func kerasOptions(inputShapes: [Shape]) -> [String: JSON] {
    ["axis": JSON(kerasAxes: axes, of: inputShapes[0]), "epsilon": JSON(epsilon)]
  }

  convenience init(keras options: inout KerasOptions, _ input: KerasInput) throws(ModelFileError.Problem) {
    self.init(
      axes: try options.orderedAxes("axis", of: input.shape), epsilon: try options.number("epsilon", default: 1e-6))
  }

  func kerasVariableShapes(inputShape: Shape) -> [Shape] { [inputShape.kerasLengths(ofBatchAxes: axes)] }

  func kerasVariables(flattenedFrom image: FlattenedImage?) -> [KerasVariable] {
    [KerasVariable(scale, alongBatchAxes: axes, flattenedFrom: image)]
  }
}
