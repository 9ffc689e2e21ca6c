import Autograd
import NN
import Serialization
import Tensor

// Volumes. Kilim has images in sequence, `[D, C, H, W]`, where Keras has `[D, H, W, C]`.

/// Keras: kernel `[kd, kh, kw, C / groups, filters]`, bias `[filters]`.
extension Conv3D: KerasLayer {
  var kerasClass: String { "Conv3D" }

  /// The axes of the weight in the order that Keras has them.
  static let kerasAxes = [2, 3, 4, 1, 0]

  func kerasOptions() throws(ModelFileError.Problem) -> [String: JSON] {
    guard stride == 1 || dilation == 1 else {
      throw .unsupported(found: "a convolution with stride and dilation", expected: "one of the two for Keras")
    }
    return [
      "filters": JSON(filters), "kernel_size": JSON(kernelSize), "strides": JSON(stride),
      "dilation_rate": JSON(dilation), "padding": padding.kerasName, "groups": JSON(groups),
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
      try options.count("filters"), kernelSize: try options.volumeSize("kernel_size"),
      stride: try options.volumeSize("strides", default: 1), padding: try options.volumePadding(),
      dilation: try options.volumeSize("dilation_rate", default: 1), groups: try options.count("groups", default: 1),
      activation: try options.innerActivation(), useBias: try options.bool("use_bias", default: true),
      initializer: options.initializer("kernel_initializer"),
      biasInitializer: options.initializer("bias_initializer", default: .zeros),
      kernelRegularizer: options.regularizer("kernel_regularizer"),
      biasRegularizer: options.regularizer("bias_regularizer"), activityRegularizer: options.activityRegularizer(),
      kernelConstraint: options.constraint("kernel_constraint", axes: Self.kerasAxes),
      biasConstraint: options.constraint("bias_constraint"))
  }

  func kerasVariableShapes(inputShape: Shape) -> [Shape] {
    guard inputShape.rank == 4 else { return [] }
    let kernel: Shape = [
      kernelSize.depth, kernelSize.height, kernelSize.width, inputShape[1] / groups, filters,
    ]
    return bias == nil ? [kernel] : [kernel, [filters]]
  }

  func kerasVariables(flattenedFrom image: FlattenedImage?) -> [KerasVariable] {
    [KerasVariable(weight, axes: Self.kerasAxes)] + (bias.map { [KerasVariable($0)] } ?? [])
  }
}

extension MaxPool3D: KerasLayer {
  var kerasClass: String { "MaxPooling3D" }

  func kerasOptions() -> [String: JSON] { poolingOptions(size, stride, padding) }

  convenience init(keras options: inout KerasOptions) throws(ModelFileError.Problem) {
    try options.requireChannelsLast()
    let size = try options.volumeSize("pool_size", default: 2)
    self.init(size, stride: try options.volumeSize("strides", default: size), padding: try options.volumePadding())
  }
}

extension AveragePool3D: KerasLayer {
  var kerasClass: String { "AveragePooling3D" }

  func kerasOptions() -> [String: JSON] { poolingOptions(size, stride, padding) }

  convenience init(keras options: inout KerasOptions) throws(ModelFileError.Problem) {
    try options.requireChannelsLast()
    let size = try options.volumeSize("pool_size", default: 2)
    self.init(size, stride: try options.volumeSize("strides", default: size), padding: try options.volumePadding())
  }
}

private func poolingOptions(_ size: VolumeSize, _ stride: VolumeSize, _ padding: VolumePadding) -> [String: JSON] {
  ["pool_size": JSON(size), "strides": JSON(stride), "padding": padding.kerasName]
}

extension GlobalAveragePool3D: KerasLayer {
  var kerasClass: String { "GlobalAveragePooling3D" }

  func kerasOptions() -> [String: JSON] { keepsAxes ? ["keepdims": true] : [:] }

  convenience init(keras options: inout KerasOptions) throws(ModelFileError.Problem) {
    try options.requireChannelsLast()
    self.init(keepsAxes: try options.bool("keepdims", default: false))
  }
}

extension GlobalMaxPool3D: KerasLayer {
  var kerasClass: String { "GlobalMaxPooling3D" }

  func kerasOptions() -> [String: JSON] { keepsAxes ? ["keepdims": true] : [:] }

  convenience init(keras options: inout KerasOptions) throws(ModelFileError.Problem) {
    try options.requireChannelsLast()
    self.init(keepsAxes: try options.bool("keepdims", default: false))
  }
}

extension ZeroPad3D: KerasLayer {
  var kerasClass: String { "ZeroPadding3D" }

  func kerasOptions() -> [String: JSON] { ["padding": .array([depth, height, width].map { JSON($0) })] }

  convenience init(keras options: inout KerasOptions) throws(ModelFileError.Problem) {
    let ends = try options.volumeEnds("padding")
    self.init(depth: ends[0], height: ends[1], width: ends[2])
  }
}

extension Cropping3D: KerasLayer {
  var kerasClass: String { "Cropping3D" }

  func kerasOptions() -> [String: JSON] { ["cropping": .array([depth, height, width].map { JSON($0) })] }

  convenience init(keras options: inout KerasOptions) throws(ModelFileError.Problem) {
    let ends = try options.volumeEnds("cropping")
    self.init(depth: ends[0], height: ends[1], width: ends[2])
  }
}

extension UpSampling3D: KerasLayer {
  var kerasClass: String { "UpSampling3D" }

  func kerasOptions() -> [String: JSON] { ["size": JSON(size)] }

  convenience init(keras options: inout KerasOptions) throws(ModelFileError.Problem) {
    try options.requireChannelsLast()
    self.init(try options.volumeSize("size", default: 2))
  }
}

extension SpatialDropout3D: KerasLayer {
  var kerasClass: String { "SpatialDropout3D" }

  func kerasOptions() -> [String: JSON] { ["rate": JSON(rate)] }

  convenience init(keras options: inout KerasOptions) throws(ModelFileError.Problem) {
    try options.requireChannelsLast()
    self.init(try options.number("rate", default: 0))
  }
}

extension JSON {
  /// A depth, a height and a width.
  fileprivate init(_ size: VolumeSize) { self = [JSON(size.depth), JSON(size.height), JSON(size.width)] }

  fileprivate init(_ ends: VolumeEnds) { self = [JSON(ends.before), JSON(ends.after)] }
}

extension VolumePadding {
  /// Keras's name of the padding.
  fileprivate var kerasName: JSON { self == .same ? "same" : "valid" }
}

extension KerasOptions {
  /// Takes a depth, a height and a width; a single integer stands for all.
  fileprivate mutating func volumeSize(
    _ key: String, default fallback: VolumeSize? = nil
  ) throws(ModelFileError.Problem) -> VolumeSize {
    let value = take(key)
    if let side = value?.count { return VolumeSize(side) }
    let sides = (value?.elements ?? []).compactMap(\.count)
    if sides.count == 3, value?.elements?.count == 3 {
      return VolumeSize(depth: sides[0], height: sides[1], width: sides[2])
    }
    if let fallback, value == nil || value == .null { return fallback }
    throw .unsupported(
      found: "\(key) = \(value?.description ?? "nothing")", expected: "one or three integers above zero")
  }

  fileprivate mutating func volumePadding() throws(ModelFileError.Problem) -> VolumePadding {
    try word("padding", default: .valid, of: ["valid": .valid, "same": .same])
  }

  /// Takes one number for all ends, one for each axis, or one for each end.
  fileprivate mutating func volumeEnds(_ key: String) throws(ModelFileError.Problem) -> [VolumeEnds] {
    try requireChannelsLast()
    let value = take(key) ?? 1
    let axes = value.elements ?? [value, value, value]
    let ends = axes.map { axis in (axis.elements ?? [axis, axis]).compactMap(\.amount) }
    guard ends.count == 3, ends.allSatisfy({ $0.count == 2 }) else {
      throw .unsupported(found: "\(key) = \(value)", expected: "a number of elements for each end of three axes")
    }
    return ends.map { VolumeEnds(before: $0[0], after: $0[1]) }
  }
}
