import NN
import Serialization
import Tensor

/// Keras: embeddings `[count, features]`.
extension Embedding: KerasLayer {
  var kerasClass: String { "Embedding" }

  /// The features of an image become the steps of a sequence.
  var dependsOnElementOrder: Bool { true }

  func kerasOptions() -> [String: JSON] {
    var options: [String: JSON] = [
      "input_dim": JSON(count), "output_dim": JSON(features), "embeddings_initializer": JSON(initializer),
      "embeddings_regularizer": JSON(regularizer), "activity_regularizer": JSON(activityRegularizer),
      "embeddings_constraint": JSON(weight.constraint, axes: [0, 1]),
    ]
    if masksZero { options["mask_zero"] = true }
    return options
  }

  convenience init(keras options: inout KerasOptions) throws(ModelFileError.Problem) {
    self.init(
      try options.count("input_dim"), features: try options.count("output_dim"),
      masksZero: try options.bool("mask_zero", default: false),
      initializer: options.initializer(
        "embeddings_initializer", default: .uniform(low: -0.05, high: 0.05), isOnMatrix: true),
      regularizer: options.regularizer("embeddings_regularizer", isOnMatrix: true),
      activityRegularizer: options.activityRegularizer(),
      constraint: options.constraint("embeddings_constraint", axes: [0, 1]))
  }

  func kerasVariableShapes(inputShape: Shape) -> [Shape] { [[count, features]] }

  func kerasVariables(flattenedFrom image: FlattenedImage?) -> [KerasVariable] { [KerasVariable(weight)] }
}
