import Autograd
import NN
import Serialization
import Tensor

// Recurrent layers. Keras keeps their variables in a part named `cell`: kernel, recurrent kernel and bias, with the gates in
// the same order.

extension RecurrentOptions {
  func kerasOptions() -> [String: JSON] {
    var options: [String: JSON] = [
      "use_bias": .bool(useBias), "kernel_initializer": JSON(initializer),
      "recurrent_initializer": JSON(recurrentInitializer), "bias_initializer": JSON(biasInitializer),
      "dropout": JSON(dropout),
      "recurrent_dropout": JSON(recurrentDropout), "return_sequences": .bool(returnsSequences),
      "return_state": .bool(returnsState), "go_backwards": .bool(goesBackwards),
      "kernel_regularizer": JSON(kernelRegularizer), "recurrent_regularizer": JSON(recurrentRegularizer),
      "bias_regularizer": JSON(biasRegularizer), "activity_regularizer": JSON(activityRegularizer),
      "kernel_constraint": JSON(kernelConstraint?.over([0]), axes: [0, 1]),
      "recurrent_constraint": JSON(recurrentConstraint?.over([0]), axes: [0, 1]),
      "bias_constraint": JSON(biasConstraint?.over([0]), axes: [0, 1]),
    ]
    if zerosMaskedOutputs { options["zero_output_for_mask"] = true }
    return options
  }

  /// - Parameters:
  ///   - biasRank: the number of axes of the bias.
  ///   - kernelAxes: the axes of both weights in the order that Keras has them.
  init(
    keras options: inout KerasOptions, biasRank: Int = 1, kernelAxes: [Int] = [0, 1]
  ) throws(ModelFileError.Problem) {
    let isOnMatrix = kernelAxes.count == 2
    self.init(
      useBias: try options.bool("use_bias", default: true),
      initializer: options.initializer("kernel_initializer", isOnMatrix: isOnMatrix),
      recurrentInitializer: options.initializer(
        "recurrent_initializer", default: .orthogonal(), isOnMatrix: isOnMatrix),
      biasInitializer: options.initializer("bias_initializer", default: .zeros, isOnMatrix: biasRank == 2),
      dropout: try options.number("dropout", default: 0),
      recurrentDropout: try options.number("recurrent_dropout", default: 0),
      returnsSequences: try options.bool("return_sequences", default: false),
      returnsState: try options.bool("return_state", default: false),
      goesBackwards: try options.bool("go_backwards", default: false),
      zerosMaskedOutputs: try options.bool("zero_output_for_mask", default: false),
      kernelRegularizer: options.regularizer("kernel_regularizer", isOnMatrix: isOnMatrix),
      recurrentRegularizer: options.regularizer("recurrent_regularizer", isOnMatrix: isOnMatrix),
      biasRegularizer: options.regularizer("bias_regularizer"),
      activityRegularizer: options.regularizer("activity_regularizer"),
      kernelConstraint: options.constraint("kernel_constraint", axes: kernelAxes),
      recurrentConstraint: options.constraint("recurrent_constraint", axes: kernelAxes),
      biasConstraint: options.constraint("bias_constraint", axes: Array(0..<biasRank)))
  }
}

/// A recurrent layer of Keras.
protocol KerasRecurrentLayer: KerasLayer, RecurrentLayer, Sendable {
  var options: RecurrentOptions { get }
  var weight: Parameter { get }
  var recurrentWeight: Parameter { get }
  var bias: Parameter? { get }
  /// The number of gates, each with weights of its own.
  var gateCount: Int { get }
  /// The shape of the bias.
  var kerasBiasShape: Shape { get }
}

extension KerasRecurrentLayer {
  func kerasVariableShapes(inputShape: Shape) -> [Shape] {
    let width = gateCount * units
    let shapes: [Shape] = [[inputShape.last ?? 0, width], [units, width]]
    return bias == nil ? shapes : shapes + [kerasBiasShape]
  }

  var kerasBiasShape: Shape { [gateCount * units] }

  func kerasVariableFolders(inputShapes: [Shape]) -> [KerasVariableFolder] {
    [KerasVariableFolder(path: "cell", count: bias == nil ? 2 : 3)]
  }

  func kerasVariables(flattenedFrom image: FlattenedImage?) -> [KerasVariable] {
    [weight, recurrentWeight, bias].compactMap { $0 }.map { KerasVariable($0) }
  }
}

extension SimpleRNN: KerasRecurrentLayer {
  var kerasClass: String { "SimpleRNN" }
  var gateCount: Int { 1 }

  func kerasOptions() throws(ModelFileError.Problem) -> [String: JSON] {
    options.kerasOptions().merging(["units": JSON(units), "activation": try activation.kerasName()]) { $1 }
  }

  convenience init(keras options: inout KerasOptions) throws(ModelFileError.Problem) {
    self.init(
      try options.count("units"), activation: try options.activation("activation", default: .tanh),
      try RecurrentOptions(keras: &options))
  }
}

extension LSTM: KerasRecurrentLayer {
  var kerasClass: String { "LSTM" }
  var gateCount: Int { 4 }

  func kerasOptions() throws(ModelFileError.Problem) -> [String: JSON] {
    options.kerasOptions().merging([
      "units": JSON(units), "activation": try activation.kerasName(),
      "recurrent_activation": try recurrentActivation.kerasName(), "unit_forget_bias": .bool(unitForgetBias),
    ]) { $1 }
  }

  convenience init(keras options: inout KerasOptions) throws(ModelFileError.Problem) {
    self.init(
      try options.count("units"), activation: try options.activation("activation", default: .tanh),
      recurrentActivation: try options.activation("recurrent_activation", default: .sigmoid),
      unitForgetBias: try options.bool("unit_forget_bias", default: true), try RecurrentOptions(keras: &options))
  }
}

extension GRU: KerasRecurrentLayer {
  var kerasClass: String { "GRU" }
  var gateCount: Int { 3 }
  var kerasBiasShape: Shape { resetAfter ? [2, 3 * units] : [3 * units] }

  func kerasOptions() throws(ModelFileError.Problem) -> [String: JSON] {
    options.kerasOptions().merging([
      "units": JSON(units), "activation": try activation.kerasName(),
      "recurrent_activation": try recurrentActivation.kerasName(), "reset_after": .bool(resetAfter),
    ]) { $1 }
  }

  convenience init(keras options: inout KerasOptions) throws(ModelFileError.Problem) {
    let resetAfter = try options.bool("reset_after", default: true)
    self.init(
      try options.count("units"), activation: try options.activation("activation", default: .tanh),
      recurrentActivation: try options.activation("recurrent_activation", default: .sigmoid), resetAfter: resetAfter,
      try RecurrentOptions(keras: &options, biasRank: resetAfter ? 2 : 1))
  }
}
