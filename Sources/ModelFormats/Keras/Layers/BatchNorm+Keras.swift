import NN
import Serialization
import Tensor

/// Keras: gamma, beta, moving mean, moving variance, each `[C]`; the first two may be missing.
extension BatchNorm: KerasLayer {
  var kerasClass: String { "BatchNormalization" }

  func kerasOptions() -> [String: JSON] {
    [
      "axis": .number(-1),
      "momentum": JSON(momentum),
      "epsilon": JSON(epsilon),
      "scale": .bool(scale != nil),
      "center": .bool(shift != nil),
      "gamma_initializer": JSON(scaleInitializer), "beta_initializer": JSON(shiftInitializer),
      "moving_mean_initializer": JSON(meanInitializer),
      "moving_variance_initializer": JSON(varianceInitializer),
      "gamma_regularizer": JSON(scaleRegularizer),
      "beta_regularizer": JSON(shiftRegularizer),
      "gamma_constraint": JSON(scale?.constraint, axes: [0]),
      "beta_constraint": JSON(shift?.constraint, axes: [0]),
    ]
  }

  /// - Parameter rank: the number of axes that an input has in Keras.
  convenience init(keras options: inout KerasOptions, rank: Int) throws(ModelFileError.Problem) {
    // The last axis is 3 of a batch of images and 1 of a batch of features; Keras 2 wrote a list.
    try options.lastAxis(rank: rank)
    self.init(
      momentum: try options.number("momentum", default: 0.99),
      epsilon: try options.number("epsilon", default: 1e-3),
      useScale: try options.bool("scale", default: true),
      useShift: try options.bool("center", default: true),
      scaleInitializer: options.initializer("gamma_initializer", default: .ones),
      shiftInitializer: options.initializer("beta_initializer", default: .zeros),
      meanInitializer: options.initializer("moving_mean_initializer", default: .zeros),
      varianceInitializer: options.initializer("moving_variance_initializer", default: .ones),
      scaleRegularizer: options.regularizer("gamma_regularizer"),
      shiftRegularizer: options.regularizer("beta_regularizer"),
      scaleConstraint: options.constraint("gamma_constraint"),
      shiftConstraint: options.constraint("beta_constraint"))
  }

  func kerasVariableShapes(inputShape: Shape) -> [Shape] {
    let count = 2 + (scale == nil ? 0 : 1) + (shift == nil ? 0 : 1)
    return Array(repeating: [inputShape.featureCount], count: count)
  }

  func kerasVariables(flattenedFrom image: FlattenedImage?) -> [KerasVariable] {
    [scale, shift].compactMap { $0 }.map { KerasVariable($0, flattenedFrom: image) }
      + [runningMean, runningVariance].map { KerasVariable($0, flattenedFrom: image) }
  }
}
