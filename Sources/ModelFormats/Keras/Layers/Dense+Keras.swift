import Autograd
import NN
import Serialization
import Tensor

/// Keras: kernel `[features, units]`, bias `[units]`.
extension Dense: KerasLayer {
  var kerasClass: String { "Dense" }

  func kerasOptions() throws(ModelFileError.Problem) -> [String: JSON] {
    [
      "units": JSON(units),
      "activation": try activation.kerasName(),
      "use_bias": .bool(bias != nil),
      "kernel_initializer": JSON(initializer),
      "bias_initializer": JSON(biasInitializer),
      "kernel_regularizer": JSON(kernelRegularizer),
      "bias_regularizer": JSON(biasRegularizer),
      "activity_regularizer": JSON(activityRegularizer),
      "kernel_constraint": JSON(weight.constraint, axes: [0, 1]),
      "bias_constraint": JSON(bias?.constraint, axes: [0]),
    ]
  }

  convenience init(keras options: inout KerasOptions) throws(ModelFileError.Problem) {
    try self.init(keras: &options, actsOnPixels: false)
  }

  /// - Parameter actsOnPixels: whether the input is an image: Keras's layer acts on the channels of each pixel then.
  convenience init(keras options: inout KerasOptions, actsOnPixels: Bool) throws(ModelFileError.Problem) {
    self.init(
      try options.count("units"),
      activation: try options.innerActivation(),
      useBias: try options.bool("use_bias", default: true),
      initializer: options.initializer("kernel_initializer", isOnMatrix: true),
      biasInitializer: options.initializer("bias_initializer", default: .zeros),
      kernelRegularizer: options.regularizer("kernel_regularizer", isOnMatrix: true),
      biasRegularizer: options.regularizer("bias_regularizer"),
      activityRegularizer: options.activityRegularizer(isOnMatrix: !actsOnPixels),
      kernelConstraint: options.constraint("kernel_constraint", axes: [0, 1]),
      biasConstraint: options.constraint("bias_constraint"),
      actsOnPixels: actsOnPixels)
  }

  func kerasVariableShapes(inputShape: Shape) -> [Shape] {
    let kernel: Shape = [inputShape.featureCount, units]
    return bias == nil ? [kernel] : [kernel, [units]]
  }

  func kerasVariables(flattenedFrom image: FlattenedImage?) -> [KerasVariable] {
    [KerasVariable(weight, flattenedFrom: image)] + (bias.map { [KerasVariable($0)] } ?? [])
  }

  /// Each output depends on all pixels: their order ends here.
  func flattenedImage(after image: FlattenedImage?, inputShape: Shape) -> FlattenedImage? { nil }
}
