import Autograd
import Tensor

/// A plan in the making: steps that passes remove, join and replace.
struct PlanDraft {
  /// One call of a layer, or of several that are joined.
  struct Step {
    /// What it runs.
    var operation: any PlanOperation
    /// The layer, or the first of several.
    let layer: any Layer
    var inputs: [Int]
    var outputs: [Int]
    /// What the layer was built for; empty if it is not built.
    let inputShapes: [Shape]
    /// See ``Graph/Call/training``.
    let training: Bool?
  }

  let kind: CallKind
  private let inputCount: Int
  var steps: [Step] = []
  private(set) var outputs: [Int] = []
  private(set) var valueCount: Int

  /// The calls of a model, with the models inside spelled out.
  init(_ model: Model, _ kind: CallKind) {
    self.kind = kind
    inputCount = model.graph.inputCount
    valueCount = inputCount
    outputs = spellOut(model, inputs: Array(0..<model.graph.inputCount), training: nil)
  }

  /// Adds the calls of a model, and returns the values that are its outputs.
  private mutating func spellOut(_ model: Model, inputs: [Int], training: Bool?) -> [Int] {
    let (layers, shapes) = (model.children, model.shapes)
    var values = inputs
    for call in model.graph.calls {
      let (layer, arguments) = (layers[call.layer].layer, call.inputs.map { values[$0] })
      let training = call.training ?? training
      if let part = layer as? Model {
        values += spellOut(part, inputs: arguments, training: training)
        continue
      }
      let made = Array(valueCount..<valueCount + call.outputs.count)
      valueCount += made.count
      values += made
      steps.append(
        Step(
          operation: LayerCall(layer: layer, training: training), layer: layer, inputs: arguments, outputs: made,
          inputShapes: shapes.isEmpty ? [] : call.inputs.map { shapes[$0] }, training: training))
    }
    return model.graph.outputs.map { values[$0] }
  }

  // MARK: What passes ask

  /// Whether layers that are random in training are random in a step.
  func appliesDropout(_ step: Step) -> Bool { step.training ?? kind.appliesDropout }

  /// Whether a normalization uses its running statistics in a step, so that it is a factor and a shift for each channel.
  func usesRunningStatistics(_ layer: BatchNorm, _ step: Step) -> Bool {
    !(step.training ?? kind.usesBatchStatistics) || !layer.isTrainable
  }

  /// For each value, whether a gradient flows to it.
  func valuesWithGradient() -> [Bool] {
    var result = [Bool](repeating: false, count: valueCount)
    for input in 0..<inputCount { result[input] = kind.inputsNeedGradient }
    for step in steps {
      let flows =
        step.inputs.contains { result[$0] }
        || (kind.recordsGradients && step.layer.parameters.contains(where: \.isTrainable))
      for output in step.outputs { result[output] = flows }
    }
    return result
  }

  /// For each value, how many steps take it; an output of the model counts as taken once more.
  func consumerCounts() -> [Int] {
    var counts = [Int](repeating: 0, count: valueCount)
    for value in steps.flatMap(\.inputs) + outputs { counts[value] += 1 }
    return counts
  }

  /// For each value that exactly one step takes and that is no output, the index of that step.
  func onlyConsumers() -> [Int: Int] {
    let counts = consumerCounts()
    var result: [Int: Int] = [:]
    for (index, step) in steps.enumerated() {
      for value in step.inputs where counts[value] == 1 { result[value] = index }
    }
    return result
  }

  // MARK: What passes do

  /// Leaves out a step with one input and one output. The steps that take its output take its input instead.
  mutating func bypass(_ index: Int) {
    let (input, output) = (steps[index].inputs[0], steps[index].outputs[0])
    for other in steps.indices { steps[other].inputs = steps[other].inputs.map { $0 == output ? input : $0 } }
    outputs = outputs.map { $0 == output ? input : $0 }
    steps[index].outputs = []
  }

  /// Puts one operation in the place of a chain of steps: it takes the inputs of the first, unless others are given, and
  /// makes the outputs of the last.
  ///
  /// - Parameters:
  ///   - chain: the indices of the steps.
  ///   - operation: what computes all of them.
  ///   - layer: the one with the parameters; by default that of the first step.
  ///   - inputs: all that the operation takes, and in `inputShapes` what they were built for.
  mutating func join(
    _ chain: [Int], into operation: any PlanOperation, layer: (any Layer)? = nil, inputs: [Int]? = nil,
    inputShapes: [Shape]? = nil
  ) {
    guard let first = chain.first, let last = chain.last else { return }
    steps[last] = Step(
      operation: operation, layer: layer ?? steps[first].layer, inputs: inputs ?? steps[first].inputs,
      outputs: steps[last].outputs, inputShapes: inputShapes ?? steps[first].inputShapes,
      training: steps[first].training)
    for index in chain.dropLast() { steps[index].outputs = [] }
  }

  /// Removes the steps that a pass has joined or left out: those that make nothing any more.
  mutating func removeSteps() {
    steps.removeAll(where: \.outputs.isEmpty)
  }

  /// The steps, each with the values that are not needed after it.
  func stepsWithLastUses() -> [Plan.Step] {
    var needed = Set(outputs)
    var result: [Plan.Step] = []
    for step in steps.reversed() {
      let last = Set(step.inputs).subtracting(needed)
      needed.formUnion(step.inputs)
      result.append(
        Plan.Step(
          operation: step.operation, inputs: step.inputs, outputs: step.outputs, lastUses: last.sorted(),
          layer: step.layer, inputShapes: step.inputShapes))
    }
    return result.reversed()
  }
}
