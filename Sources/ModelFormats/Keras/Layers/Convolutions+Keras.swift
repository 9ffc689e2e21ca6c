import Autograd
import NN
import Serialization
import Tensor

extension Window {
  /// What Keras's convolutions have as options.
  func kerasOptions() throws(ModelFileError.Problem) -> [String: JSON] {
    if stride != 1 && dilation != 1 {
      throw .unsupported(found: "a convolution with stride and dilation", expected: "one of the two for Keras")
    }
    return [
      "kernel_size": JSON(size), "strides": JSON(stride), "dilation_rate": JSON(dilation),
      "padding": kerasPadding == nil ? try padding.kerasName() : "valid",
    ]
  }

  /// Explicit padding, which Keras has in a layer before the convolution; `nil` for any other.
  var kerasPadding: ZeroPad2D? {
    guard case .explicit(let top, let bottom, let left, let right) = padding else { return nil }
    return ZeroPad2D(top: top, bottom: bottom, left: left, right: right)
  }

  /// Reads the options of a convolution.
  init(kerasConvolution options: inout KerasOptions) throws(ModelFileError.Problem) {
    try options.requireChannelsLast()
    self.init(
      try options.size("kernel_size"), stride: try options.size("strides", default: 1),
      dilation: try options.size("dilation_rate", default: 1), padding: try options.padding())
  }
}

/// Keras: kernel `[kernel_size, F / groups, filters]`, bias `[filters]`.
extension Conv1D: KerasLayer {
  var kerasClass: String { "Conv1D" }

  /// The axes of the weight in the order that Keras has them.
  static let kerasAxes = [2, 1, 0]

  func kerasOptions() throws(ModelFileError.Problem) -> [String: JSON] {
    if stride != 1 && dilation != 1 {
      throw .unsupported(found: "a convolution with stride and dilation", expected: "one of the two for Keras")
    }
    return [
      "filters": JSON(filters), "kernel_size": [JSON(kernelSize)], "strides": [JSON(stride)],
      "dilation_rate": [JSON(dilation)], "padding": padding.kerasName, "groups": JSON(groups),
      "activation": try activation.kerasName(), "use_bias": .bool(bias != nil),
      "kernel_initializer": JSON(initializer), "bias_initializer": JSON(biasInitializer),
      "kernel_regularizer": JSON(kernelRegularizer), "bias_regularizer": JSON(biasRegularizer),
      "activity_regularizer": JSON(activityRegularizer),
      "kernel_constraint": JSON(weight.constraint, axes: Self.kerasAxes),
      "bias_constraint": JSON(bias?.constraint, axes: [0]),
    ]
  }

  convenience init(keras options: inout KerasOptions) throws(ModelFileError.Problem) {
    try options.requireChannelsLast()
    self.init(
      try options.count("filters"), kernelSize: try options.length("kernel_size"),
      stride: try options.length("strides", default: 1), padding: try options.sequencePadding(),
      dilation: try options.length("dilation_rate", default: 1), groups: try options.count("groups", default: 1),
      activation: try options.innerActivation(), useBias: try options.bool("use_bias", default: true),
      initializer: options.initializer("kernel_initializer"),
      biasInitializer: options.initializer("bias_initializer", default: .zeros),
      kernelRegularizer: options.regularizer("kernel_regularizer"),
      biasRegularizer: options.regularizer("bias_regularizer"),
      activityRegularizer: options.activityRegularizer(),
      kernelConstraint: options.constraint("kernel_constraint", axes: Self.kerasAxes),
      biasConstraint: options.constraint("bias_constraint"))
  }

  func kerasVariableShapes(inputShape: Shape) -> [Shape] {
    let kernel: Shape = [kernelSize, (inputShape.last ?? 0) / groups, filters]
    return bias == nil ? [kernel] : [kernel, [filters]]
  }

  func kerasVariables(flattenedFrom image: FlattenedImage?) -> [KerasVariable] {
    [KerasVariable(weight, axes: Self.kerasAxes)] + (bias.map { [KerasVariable($0)] } ?? [])
  }
}

/// Keras: kernel `[kh, kw, filters, C]`, bias `[filters]`.
extension Conv2DTranspose: KerasLayer {
  var kerasClass: String { "Conv2DTranspose" }

  /// The axes of the weight in the order that Keras has them.
  static let kerasAxes = [2, 3, 1, 0]

  func kerasOptions() throws(ModelFileError.Problem) -> [String: JSON] {
    var options = try window.kerasOptions()
    // A layer before it cannot cut the result.
    options["padding"] = try window.padding.kerasName()
    // Versions that lack the option have its default.
    if let outputPadding { options["output_padding"] = [JSON(outputPadding.height), JSON(outputPadding.width)] }
    return options.merging([
      "filters": JSON(filters),
      "activation": try activation.kerasName(), "use_bias": .bool(bias != nil),
      "kernel_initializer": JSON(initializer), "bias_initializer": JSON(biasInitializer),
      "kernel_regularizer": JSON(kernelRegularizer), "bias_regularizer": JSON(biasRegularizer),
      "activity_regularizer": JSON(activityRegularizer),
      "kernel_constraint": JSON(weight.constraint, axes: Self.kerasAxes),
      "bias_constraint": JSON(bias?.constraint, axes: [0]),
    ]) { $1 }
  }

  convenience init(keras options: inout KerasOptions) throws(ModelFileError.Problem) {
    let window = try Window(kerasConvolution: &options)
    self.init(
      try options.count("filters"), kernelSize: window.size, stride: window.stride, padding: window.padding,
      outputPadding: try options.amounts("output_padding"), dilation: window.dilation,
      activation: try options.innerActivation(), useBias: try options.bool("use_bias", default: true),
      initializer: options.initializer("kernel_initializer"),
      biasInitializer: options.initializer("bias_initializer", default: .zeros),
      kernelRegularizer: options.regularizer("kernel_regularizer"),
      biasRegularizer: options.regularizer("bias_regularizer"),
      activityRegularizer: options.activityRegularizer(),
      kernelConstraint: options.constraint("kernel_constraint", axes: Self.kerasAxes),
      biasConstraint: options.constraint("bias_constraint"))
  }

  func kerasVariableShapes(inputShape: Shape) -> [Shape] {
    let kernel: Shape = [window.size.height, window.size.width, filters, inputShape[0]]
    return bias == nil ? [kernel] : [kernel, [filters]]
  }

  func kerasVariables(flattenedFrom image: FlattenedImage?) -> [KerasVariable] {
    [KerasVariable(weight, axes: Self.kerasAxes)] + (bias.map { [KerasVariable($0)] } ?? [])
  }
}

// The depthwise kernels of Keras, `[kh, kw, C, multiplier]`, hold the same numbers in the same order as those of a
// convolution in C groups, `[kh, kw, 1, C · multiplier]`.

/// The axes of the weight that Keras's first two are. A norm over one of the two others, channels and multiplier, has no
/// counterpart: both are one axis here.
private let depthwiseAxes: [Int?] = [2, 3, nil, nil]

/// The constraint of a depthwise weight as Keras describes it; null for none.
private func depthwiseConstraint(of weight: Parameter) throws(ModelFileError.Problem) -> JSON {
  guard let axes = weight.constraint?.axes, !Set(axes).isSubset(of: [2, 3]) else {
    return JSON(weight.constraint, axes: [2, 3])
  }
  throw .unsupported(found: "a constraint of depthwise filters along axes \(axes)", expected: "axes 2 and 3 for Keras")
}

extension DepthwiseConv2D: KerasLayer {
  var kerasClass: String { "DepthwiseConv2D" }

  func kerasOptions() throws(ModelFileError.Problem) -> [String: JSON] {
    try window.kerasOptions().merging([
      "depth_multiplier": JSON(depthMultiplier), "activation": try activation.kerasName(),
      "use_bias": .bool(bias != nil), "depthwise_initializer": JSON(initializer),
      "bias_initializer": JSON(biasInitializer), "depthwise_regularizer": JSON(kernelRegularizer),
      "bias_regularizer": JSON(biasRegularizer), "activity_regularizer": JSON(activityRegularizer),
      "depthwise_constraint": try depthwiseConstraint(of: weight),
      "bias_constraint": JSON(bias?.constraint, axes: [0]),
    ]) { $1 }
  }

  var kerasLayerBefore: (any KerasLayer)? { window.kerasPadding }

  convenience init(keras options: inout KerasOptions) throws(ModelFileError.Problem) {
    let window = try Window(kerasConvolution: &options)
    self.init(
      kernelSize: window.size, stride: window.stride, padding: window.padding,
      depthMultiplier: try options.count("depth_multiplier", default: 1), dilation: window.dilation,
      activation: try options.innerActivation(), useBias: try options.bool("use_bias", default: true),
      initializer: options.initializer("depthwise_initializer"),
      biasInitializer: options.initializer("bias_initializer", default: .zeros),
      kernelRegularizer: options.regularizer("depthwise_regularizer"),
      biasRegularizer: options.regularizer("bias_regularizer"),
      activityRegularizer: options.activityRegularizer(),
      kernelConstraint: options.constraint("depthwise_constraint", axes: depthwiseAxes),
      biasConstraint: options.constraint("bias_constraint"))
  }

  func kerasVariableShapes(inputShape: Shape) -> [Shape] {
    // A product that overflows is refused when the layer is built.
    let filters = inputShape[0].multipliedReportingOverflow(by: depthMultiplier)
    let kernel: Shape = [window.size.height, window.size.width, inputShape[0], depthMultiplier]
    return bias == nil ? [kernel] : [kernel, [filters.overflow ? 0 : filters.partialValue]]
  }

  func kerasVariables(flattenedFrom image: FlattenedImage?) -> [KerasVariable] {
    [KerasVariable(depthwise: weight, multiplier: depthMultiplier)] + (bias.map { [KerasVariable($0)] } ?? [])
  }
}

/// Keras: depthwise kernel `[kh, kw, C, multiplier]`, pointwise kernel `[1, 1, C · multiplier, filters]`, bias `[filters]`.
extension SeparableConv2D: KerasLayer {
  var kerasClass: String { "SeparableConv2D" }

  func kerasOptions() throws(ModelFileError.Problem) -> [String: JSON] {
    try window.kerasOptions().merging([
      "filters": JSON(filters), "depth_multiplier": JSON(depthMultiplier), "activation": try activation.kerasName(),
      "use_bias": .bool(bias != nil), "depthwise_initializer": JSON(depthwiseInitializer),
      "pointwise_initializer": JSON(pointwiseInitializer), "bias_initializer": JSON(biasInitializer),
      "depthwise_regularizer": JSON(depthwiseRegularizer), "pointwise_regularizer": JSON(pointwiseRegularizer),
      "bias_regularizer": JSON(biasRegularizer), "activity_regularizer": JSON(activityRegularizer),
      "depthwise_constraint": try depthwiseConstraint(of: depthwiseWeight),
      "pointwise_constraint": JSON(pointwiseWeight.constraint, axes: Conv2D.kerasAxes),
      "bias_constraint": JSON(bias?.constraint, axes: [0]),
    ]) { $1 }
  }

  var kerasLayerBefore: (any KerasLayer)? { window.kerasPadding }

  convenience init(keras options: inout KerasOptions) throws(ModelFileError.Problem) {
    let window = try Window(kerasConvolution: &options)
    self.init(
      try options.count("filters"), kernelSize: window.size, stride: window.stride, padding: window.padding,
      depthMultiplier: try options.count("depth_multiplier", default: 1), dilation: window.dilation,
      activation: try options.innerActivation(), useBias: try options.bool("use_bias", default: true),
      depthwiseInitializer: options.initializer("depthwise_initializer"),
      pointwiseInitializer: options.initializer("pointwise_initializer"),
      biasInitializer: options.initializer("bias_initializer", default: .zeros),
      depthwiseRegularizer: options.regularizer("depthwise_regularizer"),
      pointwiseRegularizer: options.regularizer("pointwise_regularizer"),
      biasRegularizer: options.regularizer("bias_regularizer"),
      activityRegularizer: options.activityRegularizer(),
      depthwiseConstraint: options.constraint("depthwise_constraint", axes: depthwiseAxes),
      pointwiseConstraint: options.constraint("pointwise_constraint", axes: Conv2D.kerasAxes),
      biasConstraint: options.constraint("bias_constraint"))
  }

  func kerasVariableShapes(inputShape: Shape) -> [Shape] {
    let middle = inputShape[0].multipliedReportingOverflow(by: depthMultiplier)
    let depthwise: Shape = [window.size.height, window.size.width, inputShape[0], depthMultiplier]
    let pointwise: Shape = [1, 1, middle.overflow ? 0 : middle.partialValue, filters]
    return [depthwise, pointwise] + (bias == nil ? [] : [[filters]])
  }

  func kerasVariables(flattenedFrom image: FlattenedImage?) -> [KerasVariable] {
    [
      KerasVariable(depthwise: depthwiseWeight, multiplier: depthMultiplier),
      KerasVariable(pointwiseWeight, axes: [2, 3, 1, 0]),
    ] + (bias.map { [KerasVariable($0)] } ?? [])
  }
}

extension KerasVariable {
  /// Depthwise filters `[C · multiplier, 1, kh, kw]`, in Keras `[kh, kw, C, multiplier]`.
  fileprivate init(depthwise weight: Parameter, multiplier: Int) {
    let shape = weight.value.shape
    self.init(weight, axes: [2, 3, 1, 0], shape: [shape[2], shape[3], shape[0] / multiplier, multiplier])
  }
}

extension SequencePadding {
  /// Keras's name of the padding.
  var kerasName: JSON {
    switch self {
    case .valid: "valid"
    case .same: "same"
    case .causal: "causal"
    }
  }
}

extension KerasOptions {
  /// Takes one integer above zero, alone or in a list.
  mutating func length(_ key: String, default fallback: Int? = nil) throws(ModelFileError.Problem) -> Int {
    let value = take(key)
    if let count = value?.count ?? (value?.elements?.count == 1 ? value?.elements?[0].count : nil) { return count }
    if let fallback, value == nil || value == .null { return fallback }
    throw .unsupported(found: "\(key) = \(value?.description ?? "nothing")", expected: "one integer above zero")
  }

  /// Takes two integers of 0 or more, or one for both; `nil` for nothing.
  mutating func amounts(_ key: String) throws(ModelFileError.Problem) -> Size? {
    guard let value = take(key), value != .null else { return nil }
    let numbers = (value.elements ?? [value, value]).compactMap(\.amount)
    guard numbers.count == 2, value.elements?.count ?? 2 == 2 else {
      throw .unsupported(found: "\(key) = \(value)", expected: "one or two integers of 0 or more")
    }
    return Size(height: numbers[0], width: numbers[1])
  }

  /// Takes one integer of 0 or more, or a list of one; `nil` for nothing.
  mutating func amount(_ key: String) throws(ModelFileError.Problem) -> Int? {
    guard let value = take(key), value != .null else { return nil }
    let numbers = (value.elements ?? [value]).compactMap(\.amount)
    guard numbers.count == 1, value.elements?.count ?? 1 == 1 else {
      throw .unsupported(found: "\(key) = \(value)", expected: "one integer of 0 or more")
    }
    return numbers[0]
  }

  /// Takes the padding of a sequence.
  mutating func sequencePadding() throws(ModelFileError.Problem) -> SequencePadding {
    try word("padding", default: .valid, of: ["valid": .valid, "same": .same, "causal": .causal])
  }
}
