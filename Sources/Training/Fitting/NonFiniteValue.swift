import Autograd
import NN
import Tensor

/// Where the first value stands that is NaN or infinite in a step, in the words of a warning.
enum NonFiniteValue: Hashable, CustomStringConvertible {
  /// In the inputs of the batch.
  case inputs
  /// In the targets of the batch; with the name of the output, if there are several.
  case targets(output: String?)
  /// In a parameter or buffer, before the step.
  case weight(String)
  /// In what a layer makes of finite inputs.
  case output(layer: String)
  /// In the loss of finite outputs; with the name of the output, if there are several.
  case loss(output: String?)
  /// In the gradient of a parameter: the last one of the forward pass, the first of the backward pass.
  case gradient(String)
  /// On another process of the training, in the words of that one.
  case onRank(Int, host: String, String)

  var description: String {
    switch self {
    case .inputs: "in the inputs of the batch"
    case .targets(let output): "in the targets of the batch" + (output.map { " for the output \($0)" } ?? "")
    case .weight(let name): "in \(name), before the step"
    case .output(let layer): "in the output of the layer \(layer)"
    case .loss(let output):
      "in the loss itself" + (output.map { " of the output \($0)" } ?? "") + ": the outputs of the model are finite"
    case .gradient(let name): "in the gradient of \(name)"
    case .onRank(let rank, let host, let place): "on rank \(rank) (\(host)) \(place)"
    }
  }

  /// What may help.
  var advice: String {
    let isInData =
      switch self {
      case .inputs, .targets: true
      case .onRank(_, _, let place):
        [NonFiniteValue.inputs, .targets(output: nil)].contains { place.hasPrefix("\($0)") }
      case .weight, .output, .loss, .gradient: false
      }
    return isInData
      ? "Remove or replace such numbers in the data" : Self.adviceForTraining
  }

  /// What may help where nothing is known of the place.
  static let adviceForTraining = "A smaller learning rate, clipped gradients or scaled inputs may help"
}

extension NonFiniteValue {
  /// The first gradient of the backward pass that is not finite; `nil` if all are. One pass over the gradients.
  init?(gradients: Gradients<Float>, of parameters: [(name: String, parameter: Parameter)]) {
    let found = parameters.last { gradients[$0.parameter].map { !$0.isFinite } ?? false }
    guard let found else { return nil }
    self = .gradient(found.name)
  }

  /// Finds the first value of a step that is not finite, for a loss that is not. Calls the layers of the model one by one.
  ///
  /// - Parameters:
  ///   - model: the model before the update of the step.
  ///   - inputs: of the batch.
  ///   - targets: of the batch, in the order of the outputs.
  ///   - parts: the loss of each output.
  ///   - objective: the losses.
  ///   - generator: as it was before the step.
  init(
    in model: any Layer, inputs: [Tensor<Float>], targets: [Tensor<Float>], parts: [Double], _ objective: Objective,
    generator: RandomGenerator
  ) {
    // A loss of a program's own may take a target that is NaN for a missing one.
    let wrong = zip(objective.outputs, targets).enumerated().first { _, pair in
      pair.0.loss.outputMeaning != nil && !pair.1.isFinite
    }
    if !inputs.allSatisfy(\.isFinite) {
      self = .inputs
    } else if let wrong {
      self = .targets(output: objective.name(ofOutput: wrong.offset))
    } else if let found = model.namedParameters.first(where: { !$0.parameter.value.isFinite }) {
      self = .weight(found.name)
    } else {
      // The call moves running statistics, which are given back.
      let buffers = model.namedBuffers.map { ($0.buffer, $0.buffer.value) }
      let context = Context(
        appliesDropout: true, usesBatchStatistics: true, recordsGradients: false, generator: generator)
      let layer = Self.output(of: model, inputs.map { Variable($0) }, context, path: "").layer
      for (buffer, value) in buffers { buffer.value = value }
      let part = parts.firstIndex { !$0.isFinite }
      self = layer.map(Self.output) ?? .loss(output: part.flatMap { objective.name(ofOutput: $0) })
    }
  }

  /// Calls a layer, and those inside of a model one by one.
  ///
  /// - Returns: the outputs, and the path of the first layer with an output that is not finite.
  private static func output(
    of layer: any Layer, _ inputs: [Variable<Float>], _ context: Context, path: String
  ) -> (outputs: [Variable<Float>], layer: String?) {
    guard let model = layer as? Model else {
      let outputs = layer.outputs(of: inputs, context)
      let isFinite = outputs.allSatisfy(\.value.isFinite)
      return (outputs, isFinite ? nil : path.isEmpty ? "\(type(of: layer))" : path)
    }
    var values: [Variable<Float>] = inputs
    for call in model.graph.calls {
      let (name, inner) = model.children[call.layer]
      let result = output(
        of: inner, call.inputs.map { values[$0] }, context, path: path.isEmpty ? name : "\(path).\(name)")
      if result.layer != nil { return result }
      values += result.outputs
    }
    return (model.graph.outputs.map { values[$0] }, nil)
  }
}

extension Tensor<Float> {
  /// Whether all elements are finite.
  var isFinite: Bool {
    // A finite sum has finite terms; an infinite one may be the sum of large terms.
    count == 0 || sum().scalar.isFinite || scalars.allSatisfy(\.isFinite)
  }
}
