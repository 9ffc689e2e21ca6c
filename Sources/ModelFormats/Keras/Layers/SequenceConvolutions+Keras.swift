import Autograd
import NN
import Serialization
import Tensor

// The depthwise kernels of Keras, `[k, C, multiplier]`, hold the same numbers in the same order as those of a convolution in
// C groups, `[k, 1, C · multiplier]`.

/// The axes of the weight that Keras's are; channels and multiplier are one axis here.
private let depthwiseAxes: [Int?] = [2, nil, nil]

/// The constraint of a depthwise weight as Keras describes it; null for none.
private func depthwiseConstraint(of weight: Parameter) throws(ModelFileError.Problem) -> JSON {
  guard let axes = weight.constraint?.axes, axes != [2] else { return JSON(weight.constraint, axes: [2]) }
  throw .unsupported(found: "a constraint of depthwise filters along axes \(axes)", expected: "axis 2 for Keras")
}

/// What both layers have as options.
private func windowOptions(
  kernelSize: Int, stride: Int, dilation: Int, _ padding: SequencePadding
) throws(ModelFileError.Problem) -> [String: JSON] {
  guard padding != .causal else {
    throw .unsupported(found: "a depthwise convolution with causal padding", expected: ".same or .valid for Keras")
  }
  guard stride == 1 || dilation == 1 else {
    throw .unsupported(found: "a convolution with stride and dilation", expected: "one of the two for Keras")
  }
  return [
    "kernel_size": [JSON(kernelSize)], "strides": [JSON(stride)], "dilation_rate": [JSON(dilation)],
    "padding": padding.kerasName,
  ]
}

extension DepthwiseConv1D: KerasLayer {
  var kerasClass: String { "DepthwiseConv1D" }

  func kerasOptions() throws(ModelFileError.Problem) -> [String: JSON] {
    try windowOptions(kernelSize: kernelSize, stride: stride, dilation: dilation, padding).merging([
      "depth_multiplier": JSON(depthMultiplier), "activation": try activation.kerasName(),
      "use_bias": .bool(bias != nil), "depthwise_initializer": JSON(initializer),
      "bias_initializer": JSON(biasInitializer), "depthwise_regularizer": JSON(kernelRegularizer),
      "bias_regularizer": JSON(biasRegularizer), "activity_regularizer": JSON(activityRegularizer),
      "depthwise_constraint": try depthwiseConstraint(of: weight),
      "bias_constraint": JSON(bias?.constraint, axes: [0]),
    ]) { $1 }
  }

  convenience init(keras options: inout KerasOptions) throws(ModelFileError.Problem) {
    try options.requireChannelsLast()
    self.init(
      kernelSize: try options.length("kernel_size"), stride: try options.length("strides", default: 1),
      padding: try options.sequencePadding(), depthMultiplier: try options.count("depth_multiplier", default: 1),
      dilation: try options.length("dilation_rate", default: 1), activation: try options.innerActivation(),
      useBias: try options.bool("use_bias", default: true), initializer: options.initializer("depthwise_initializer"),
      biasInitializer: options.initializer("bias_initializer", default: .zeros),
      kernelRegularizer: options.regularizer("depthwise_regularizer"),
      biasRegularizer: options.regularizer("bias_regularizer"), activityRegularizer: options.activityRegularizer(),
      kernelConstraint: options.constraint("depthwise_constraint", axes: depthwiseAxes),
      biasConstraint: options.constraint("bias_constraint"))
  }

  func kerasVariableShapes(inputShape: Shape) -> [Shape] {
    let channels = inputShape.last ?? 0
    // A product that overflows is refused when the layer is built.
    let filters = channels.multipliedReportingOverflow(by: depthMultiplier)
    let kernel: Shape = [kernelSize, channels, depthMultiplier]
    return bias == nil ? [kernel] : [kernel, [filters.overflow ? 0 : filters.partialValue]]
  }

  func kerasVariables(flattenedFrom image: FlattenedImage?) -> [KerasVariable] {
    [KerasVariable(depthwise: weight, multiplier: depthMultiplier)] + (bias.map { [KerasVariable($0)] } ?? [])
  }
}

/// Keras: kernel `[k, filters, F]`, bias `[filters]`.
extension Conv1DTranspose: KerasLayer {
  var kerasClass: String { "Conv1DTranspose" }

  /// The axes of the weight in the order that Keras has them.
  private static let kerasAxes = [2, 1, 0]

  func kerasOptions() throws(ModelFileError.Problem) -> [String: JSON] {
    var options: [String: JSON] = [
      "filters": JSON(filters), "kernel_size": [JSON(kernelSize)], "strides": [JSON(stride)],
      "dilation_rate": [JSON(dilation)], "padding": padding.kerasName,
      "activation": try activation.kerasName(), "use_bias": .bool(bias != nil),
      "kernel_initializer": JSON(initializer), "bias_initializer": JSON(biasInitializer),
      "kernel_regularizer": JSON(kernelRegularizer), "bias_regularizer": JSON(biasRegularizer),
      "activity_regularizer": JSON(activityRegularizer),
      "kernel_constraint": JSON(weight.constraint, axes: Self.kerasAxes),
      "bias_constraint": JSON(bias?.constraint, axes: [0]),
    ]
    // Versions that lack the option have its default.
    if let outputPadding { options["output_padding"] = [JSON(outputPadding)] }
    guard stride == 1 || dilation == 1 else {
      throw .unsupported(found: "a convolution with stride and dilation", expected: "one of the two for Keras")
    }
    return options
  }

  convenience init(keras options: inout KerasOptions) throws(ModelFileError.Problem) {
    try options.requireChannelsLast()
    self.init(
      try options.count("filters"), kernelSize: try options.length("kernel_size"),
      stride: try options.length("strides", default: 1), padding: try options.sequencePadding(),
      outputPadding: try options.amount("output_padding"), dilation: try options.length("dilation_rate", default: 1),
      activation: try options.innerActivation(), useBias: try options.bool("use_bias", default: true),
      initializer: options.initializer("kernel_initializer"),
      biasInitializer: options.initializer("bias_initializer", default: .zeros),
      kernelRegularizer: options.regularizer("kernel_regularizer"),
      biasRegularizer: options.regularizer("bias_regularizer"), activityRegularizer: options.activityRegularizer(),
      kernelConstraint: options.constraint("kernel_constraint", axes: Self.kerasAxes),
      biasConstraint: options.constraint("bias_constraint"))
  }

  func kerasVariableShapes(inputShape: Shape) -> [Shape] {
    let kernel: Shape = [kernelSize, filters, inputShape.last ?? 0]
    return bias == nil ? [kernel] : [kernel, [filters]]
  }

  func kerasVariables(flattenedFrom image: FlattenedImage?) -> [KerasVariable] {
    [KerasVariable(weight, axes: Self.kerasAxes)] + (bias.map { [KerasVariable($0)] } ?? [])
  }
}

/// Keras: depthwise kernel `[k, C, multiplier]`, pointwise kernel `[1, C · multiplier, filters]`, bias `[filters]`.
extension SeparableConv1D: KerasLayer {
  var kerasClass: String { "SeparableConv1D" }

  func kerasOptions() throws(ModelFileError.Problem) -> [String: JSON] {
    try windowOptions(kernelSize: kernelSize, stride: stride, dilation: dilation, padding).merging([
      "filters": JSON(filters), "depth_multiplier": JSON(depthMultiplier), "activation": try activation.kerasName(),
      "use_bias": .bool(bias != nil), "depthwise_initializer": JSON(depthwiseInitializer),
      "pointwise_initializer": JSON(pointwiseInitializer), "bias_initializer": JSON(biasInitializer),
      "depthwise_regularizer": JSON(depthwiseRegularizer), "pointwise_regularizer": JSON(pointwiseRegularizer),
      "bias_regularizer": JSON(biasRegularizer), "activity_regularizer": JSON(activityRegularizer),
      "depthwise_constraint": try depthwiseConstraint(of: depthwiseWeight),
      "pointwise_constraint": JSON(pointwiseWeight.constraint, axes: Conv1D.kerasAxes),
      "bias_constraint": JSON(bias?.constraint, axes: [0]),
    ]) { $1 }
  }

  convenience init(keras options: inout KerasOptions) throws(ModelFileError.Problem) {
    try options.requireChannelsLast()
    self.init(
      try options.count("filters"), kernelSize: try options.length("kernel_size"),
      stride: try options.length("strides", default: 1), padding: try options.sequencePadding(),
      depthMultiplier: try options.count("depth_multiplier", default: 1),
      dilation: try options.length("dilation_rate", default: 1), activation: try options.innerActivation(),
      useBias: try options.bool("use_bias", default: true),
      depthwiseInitializer: options.initializer("depthwise_initializer"),
      pointwiseInitializer: options.initializer("pointwise_initializer"),
      biasInitializer: options.initializer("bias_initializer", default: .zeros),
      depthwiseRegularizer: options.regularizer("depthwise_regularizer"),
      pointwiseRegularizer: options.regularizer("pointwise_regularizer"),
      biasRegularizer: options.regularizer("bias_regularizer"), activityRegularizer: options.activityRegularizer(),
      depthwiseConstraint: options.constraint("depthwise_constraint", axes: depthwiseAxes),
      pointwiseConstraint: options.constraint("pointwise_constraint", axes: Conv1D.kerasAxes),
      biasConstraint: options.constraint("bias_constraint"))
  }

  func kerasVariableShapes(inputShape: Shape) -> [Shape] {
    let channels = inputShape.last ?? 0
    let middle = channels.multipliedReportingOverflow(by: depthMultiplier)
    return [[kernelSize, channels, depthMultiplier], [1, middle.overflow ? 0 : middle.partialValue, filters]]
      + (bias == nil ? [] : [[filters]])
  }

  func kerasVariables(flattenedFrom image: FlattenedImage?) -> [KerasVariable] {
    [
      KerasVariable(depthwise: depthwiseWeight, multiplier: depthMultiplier),
      KerasVariable(pointwiseWeight, axes: Conv1D.kerasAxes),
    ] + (bias.map { [KerasVariable($0)] } ?? [])
  }
}

extension KerasVariable {
  /// Depthwise filters `[C · multiplier, 1, k]`, in Keras `[k, C, multiplier]`.
  fileprivate init(depthwise weight: Parameter, multiplier: Int) {
    let shape = weight.value.shape
    self.init(weight, axes: [2, 1, 0], shape: [shape[2], shape[0] / multiplier, multiplier])
  }
}
