import NN
import Serialization
import Tensor

/// Keras: gamma, `[features]`. The class is no part of Keras's layers: `keras.applications` has it beside ConvNeXt.
extension LayerScale: KerasLayer {
  var kerasClass: String { "LayerScale" }
  var kerasModule: String { "keras.src.applications.convnext" }

  func kerasOptions(inputShapes: [Shape]) -> [String: JSON] {
    ["init_values": JSON(initialValue), "projection_dim": JSON(inputShapes[0].featureCount)]
  }

  convenience init(keras options: inout KerasOptions, _ input: KerasInput) throws(ModelFileError.Problem) {
    let count = try options.count("projection_dim")
    guard count == input.shape.featureCount, !input.isPlane else {
      throw .unsupported(
        found: "projection_dim = \(count) on an input \(input.kerasShape)", expected: "the number of its features")
    }
    self.init(initialValue: try options.number("init_values", default: 1e-6))
  }

  func kerasVariableShapes(inputShape: Shape) -> [Shape] { [[inputShape.featureCount]] }

  func kerasVariables(flattenedFrom image: FlattenedImage?) -> [KerasVariable] {
    [KerasVariable(scale, flattenedFrom: image)]
  }
}
