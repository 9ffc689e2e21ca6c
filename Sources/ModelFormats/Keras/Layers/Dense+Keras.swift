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
      "kernel_regularizer": JSON(l2: l2),
    ]
  }

  convenience init(keras options: inout KerasOptions) throws(ModelFileError.Problem) {
    self.init(
      try options.count("units"),
      activation: try options.innerActivation(),
      useBias: try options.bool("use_bias", default: true),
      initializer: options.initializer("kernel_initializer"),
      l2: options.l2("kernel_regularizer"))
  }

  func kerasVariableShapes(inputShape: Shape) -> [Shape] {
    let kernel: Shape = [inputShape[0], units]
    return bias == nil ? [kernel] : [kernel, [units]]
  }

  func kerasVariables(flattenedFrom image: FlattenedImage?) -> [KerasVariable] {
    [KerasVariable(weight, flattenedFrom: image)] + (bias.map { [KerasVariable($0)] } ?? [])
  }

  /// Each output depends on all pixels: their order ends here.
  func flattenedImage(after image: FlattenedImage?, inputShape: Shape) -> FlattenedImage? { nil }
}

extension KerasPart {
  /// `Dense`; applied to an image, Keras's layer acts on the channels of each pixel, as a convolution of single pixels does.
  static func dense(
    _ options: inout KerasOptions, _ input: KerasInput
  ) throws(ModelFileError.Problem) -> [KerasPart] {
    guard input.rank == 3 else { return [KerasPart(try Dense(keras: &options))] }
    let units = try options.count("units")
    let convolution = Conv2D(
      units, kernelSize: 1, activation: try options.innerActivation(),
      useBias: try options.bool("use_bias", default: true),
      initializer: options.initializer("kernel_initializer"), l2: options.l2("kernel_regularizer"))
    return [KerasPart(convolution, firstShape: [input.shape[0], units])]
  }
}
