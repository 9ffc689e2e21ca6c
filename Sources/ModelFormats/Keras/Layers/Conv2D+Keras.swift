import Autograd
import NN
import Serialization
import Tensor

/// Keras: kernel `[kh, kw, C / groups, filters]`, bias `[filters]`. Keras has no explicit padding in a convolution: a
/// `ZeroPadding2D` in front of it does the same.
extension Conv2D: KerasLayer {
  var kerasClass: String { "Conv2D" }

  func kerasOptions() throws(ModelFileError.Problem) -> [String: JSON] {
    let options: [String: JSON] = [
      "filters": JSON(filters),
      "groups": JSON(groups),
      "activation": try activation.kerasName(),
      "use_bias": .bool(bias != nil),
      "kernel_initializer": JSON(initializer),
      "bias_initializer": JSON(biasInitializer),
      "kernel_regularizer": JSON(kernelRegularizer),
      "bias_regularizer": JSON(biasRegularizer),
      "activity_regularizer": JSON(activityRegularizer),
      "kernel_constraint": JSON(weight.constraint, axes: Self.kerasAxes),
      "bias_constraint": JSON(bias?.constraint, axes: [0]),
    ]
    return try window.kerasOptions().merging(options) { $1 }
  }

  /// The axes of the weight in the order that Keras has them.
  static let kerasAxes = [2, 3, 1, 0]

  var kerasLayerBefore: (any KerasLayer)? { window.kerasPadding }

  convenience init(keras options: inout KerasOptions) throws(ModelFileError.Problem) {
    let window = try Window(kerasConvolution: &options)
    self.init(
      try options.count("filters"),
      kernelSize: window.size,
      stride: window.stride,
      padding: window.padding,
      dilation: window.dilation,
      groups: try options.count("groups", default: 1),
      activation: try options.innerActivation(),
      useBias: try options.bool("use_bias", default: true),
      initializer: options.initializer("kernel_initializer"),
      biasInitializer: options.initializer("bias_initializer", default: .zeros),
      kernelRegularizer: options.regularizer("kernel_regularizer"),
      biasRegularizer: options.regularizer("bias_regularizer"),
      activityRegularizer: options.activityRegularizer(),
      kernelConstraint: options.constraint("kernel_constraint", axes: Self.kerasAxes),
      biasConstraint: options.constraint("bias_constraint"))
  }

  func kerasVariableShapes(inputShape: Shape) -> [Shape] {
    let kernel: Shape = [window.size.height, window.size.width, inputShape[0] / groups, filters]
    return bias == nil ? [kernel] : [kernel, [filters]]
  }

  func kerasVariables(flattenedFrom image: FlattenedImage?) -> [KerasVariable] {
    [KerasVariable(weight, axes: Self.kerasAxes)] + (bias.map { [KerasVariable($0)] } ?? [])
  }
}
