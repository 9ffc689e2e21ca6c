import Autograd
import NN
import Serialization
import Tensor

/// Keras: in a part named `cell`, kernel `[kh, kw, C, 4 · filters]`, recurrent kernel `[kh, kw, filters, 4 · filters]` and bias,
/// with the gates in the same order.
extension ConvLSTM2D: KerasLayer {
  var kerasClass: String { "ConvLSTM2D" }

  func kerasOptions() throws(ModelFileError.Problem) -> [String: JSON] {
    guard window.kerasPadding == nil else {
      throw .unsupported(found: "explicit padding", expected: ".same or .valid for Keras")
    }
    return options.kerasOptions().merging(try window.kerasOptions()) { $1 }.merging([
      "filters": JSON(filters), "activation": try activation.kerasName(),
      "recurrent_activation": try recurrentActivation.kerasName(), "unit_forget_bias": .bool(unitForgetBias),
      "kernel_constraint": JSON(weight.constraint, axes: Conv2D.kerasAxes),
      "recurrent_constraint": JSON(recurrentWeight.constraint, axes: Conv2D.kerasAxes),
      "bias_constraint": JSON(bias?.constraint, axes: [0]),
    ]) { $1 }
  }

  convenience init(keras options: inout KerasOptions) throws(ModelFileError.Problem) {
    let window = try Window(kerasConvolution: &options)
    self.init(
      try options.count("filters"), kernelSize: window.size, stride: window.stride, padding: window.padding,
      dilation: window.dilation, activation: try options.activation("activation", default: .tanh),
      recurrentActivation: try options.activation("recurrent_activation", default: .sigmoid),
      unitForgetBias: try options.bool("unit_forget_bias", default: true),
      try RecurrentOptions(keras: &options, kernelAxes: Conv2D.kerasAxes))
  }

  func kerasVariableShapes(inputShape: Shape) -> [Shape] {
    guard inputShape.rank == 4 else { return [] }
    let (size, width) = (window.size, 4 * filters)
    let shapes: [Shape] = [
      [size.height, size.width, inputShape[1], width], [size.height, size.width, filters, width],
    ]
    return bias == nil ? shapes : shapes + [[width]]
  }

  func kerasVariableFolders(inputShapes: [Shape]) -> [KerasVariableFolder] {
    [KerasVariableFolder(path: "cell", count: bias == nil ? 2 : 3)]
  }

  func kerasVariables(flattenedFrom image: FlattenedImage?) -> [KerasVariable] {
    [weight, recurrentWeight].map { KerasVariable($0, axes: Conv2D.kerasAxes) }
      + (bias.map { [KerasVariable($0)] } ?? [])
  }
}
