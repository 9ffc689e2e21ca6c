import Autograd
import NN
import Serialization
import Tensor

/// Keras: kernel `[kh, kw, C / groups, filters]`, bias `[filters]`. Keras has no explicit padding in a convolution: a
/// `ZeroPadding2D` in front of it does the same. A dense layer on the channels is a `Dense` with the kernel `[C, filters]`.
extension Conv2D: KerasLayer {
  var kerasClass: String { isDense ? "Dense" : "Conv2D" }

  func kerasOptions() throws(ModelFileError.Problem) -> [String: JSON] {
    let axes = isDense ? [1, 0] : Self.kerasAxes
    let own: [String: JSON] = isDense ? ["units": JSON(filters)] : ["filters": JSON(filters), "groups": JSON(groups)]
    let options: [String: JSON] = [
      "activation": try activation.kerasName(),
      "use_bias": .bool(bias != nil),
      "kernel_initializer": JSON(initializer),
      "bias_initializer": JSON(biasInitializer),
      "kernel_regularizer": JSON(kernelRegularizer),
      "bias_regularizer": JSON(biasRegularizer),
      "activity_regularizer": JSON(activityRegularizer),
      "kernel_constraint": try kernelConstraint(axes: axes),
      "bias_constraint": JSON(bias?.constraint, axes: [0]),
    ]
    return (isDense ? [:] : try window.kerasOptions()).merging(own.merging(options) { $1 }) { $1 }
  }

  /// The constraint of the kernel, whose two last axes a `Dense` does not have.
  private func kernelConstraint(axes: [Int]) throws(ModelFileError.Problem) -> JSON {
    guard isDense, let constrained = weight.constraint?.axes else { return JSON(weight.constraint, axes: axes) }
    // Along an axis of length 1 every number is a norm of its own.
    let norm = constrained.filter { $0 < 2 }
    guard !norm.isEmpty else {
      throw .unsupported(found: "a constraint along axes \(constrained)", expected: "axes 0 and 1 for Keras")
    }
    return JSON(weight.constraint?.replacing(axes: norm), axes: axes)
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
    let first = isDense ? [inputShape[0], filters] : kernel
    return bias == nil ? [first] : [first, [filters]]
  }

  func kerasVariables(flattenedFrom image: FlattenedImage?) -> [KerasVariable] {
    let shape = weight.value.shape
    let kernel = KerasVariable(weight, axes: Self.kerasAxes, shape: isDense ? [shape[1], shape[0]] : nil)
    return [kernel] + (bias.map { [KerasVariable($0)] } ?? [])
  }
}
