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
    /// What the layer said in `build` that it makes of them; empty if it is not built or joined with others.
    var outputShapes: [Shape] = []
    /// See ``Graph/Call/training``.
    let training: Bool?

    /// The layer of a step that calls it as it is; `nil` for a step that does something else. What the layer says of itself, its
    /// window or its activation, holds for such a step alone.
    var calledLayer: (any Layer)? { operation is LayerCall ? layer : nil }
  }

  let kind: CallKind
  private let inputCount: Int
  var steps: [Step] = []
  private(set) var outputs: [Int] = []
  private(set) var valueCount: Int
  /// For each value with a mask, the value that is its mask, and its shape for one example.
  private var masks: [Int: (value: Int, shape: Shape)] = [:]

  /// The calls of a model, with the models inside spelled out, and what they do with masks.
  init(_ model: Model, _ kind: CallKind) {
    self.kind = kind
    inputCount = model.graph.inputCount
    valueCount = inputCount
    let shapes = kind.inputShapes.map(model.shapes(for:)) ?? model.shapes
    outputs = spellOut(model, inputs: Array(0..<inputCount), shapes, training: nil)
    removeUnusedMasks()
  }

  /// Adds the calls of a model, and returns the values that are its outputs. `shapes` are those of its values; none while it is
  /// not built.
  private mutating func spellOut(_ model: Model, inputs: [Int], _ shapes: [Shape], training: Bool?) -> [Int] {
    let layers = model.children
    var values = inputs
    for call in model.graph.calls {
      let (layer, arguments) = (layers[call.layer].layer, call.inputs.map { values[$0] })
      let training = call.training ?? training
      let inputShapes = shapes.isEmpty ? [] : call.inputs.map { shapes[$0] }
      if let part = layer as? Model {
        values += spellOut(part, inputs: arguments, part.shapes(for: inputShapes), training: training)
        continue
      }
      let made = Array(valueCount..<valueCount + call.outputs.count)
      valueCount += made.count
      values += made
      steps.append(
        Step(
          operation: LayerCall(layer: layer, training: training), layer: layer, inputs: arguments, outputs: made,
          inputShapes: inputShapes, outputShapes: shapes.isEmpty ? [] : Array(shapes[call.outputs]),
          training: training))
      if let layer = layer as? any MaskedLayer { addMasks(of: layer, to: steps.count - 1) }
    }
    return model.graph.outputs.map { values[$0] }
  }

  /// Makes the masks of the inputs of a step values that it takes, if its layer uses them, and finds those of its outputs.
  private mutating func addMasks(of layer: any MaskedLayer, to index: Int) {
    let step = steps[index]
    let given = step.inputs.map { masks[$0] }
    let hasMask = given.map { $0 != nil }
    let taken = given.compactMap { $0?.value }
    if layer.usesMasks, !taken.isEmpty {
      steps[index].operation = MaskedCall(layer: layer, hasMask: hasMask, training: step.training)
      steps[index].inputs += taken
    }
    for (output, rule) in zip(step.outputs, rules(of: layer, given.map { $0?.shape }, step)) {
      switch rule {
      case .none: break
      case .input(let input): masks[output] = given[input]
      case .made(let shape):
        steps.append(
          Step(
            operation: MaskMaking(layer: layer, hasMask: hasMask), layer: layer, inputs: step.inputs + taken,
            outputs: [valueCount], inputShapes: step.inputShapes, training: step.training))
        masks[output] = (valueCount, shape)
        valueCount += 1
      }
    }
  }

  /// Stops where a layer gets a mask that it cannot follow: a model that was made with its inputs has checked that before.
  private func rules(of layer: any MaskedLayer, _ masks: [Shape?], _ step: Step) -> [OutputMask] {
    // A layer that is not built cannot run.
    guard !step.inputShapes.isEmpty else { return [] }
    do {
      return try layer.outputMasks(masks: masks, inputShapes: step.inputShapes)
    } catch {
      stop("\(type(of: layer)): \(error)")
    }
  }

  /// Leaves out masks that no layer uses.
  private mutating func removeUnusedMasks() {
    var counts = consumerCounts()
    for index in steps.indices.reversed() {
      guard steps[index].operation is MaskMaking, counts[steps[index].outputs[0]] == 0 else { continue }
      for input in steps[index].inputs { counts[input] -= 1 }
      steps[index].outputs = []
    }
    removeSteps()
  }

  // MARK: What passes ask

  /// Whether layers that are random in training are random in a step.
  func appliesDropout(_ step: Step) -> Bool { step.training ?? kind.appliesDropout }

  /// Whether a normalization uses its running statistics in a step, so that it is a factor and a shift for each channel.
  func usesRunningStatistics(_ layer: BatchNorm, _ step: Step) -> Bool {
    !(step.training ?? kind.usesBatchStatistics) || !layer.isTrainable
  }

  /// Whether a step makes an output of the model by a sigmoid. No pass joins it with others: losses and metrics of
  /// probabilities take the argument of the sigmoid, which joined operations do not hand on.
  func endsInSigmoid(_ step: Step) -> Bool {
    guard let output = step.outputs.first, outputs.contains(output) else { return false }
    if let call = step.operation as? ConvolutionCall { return call.layer.activation == .sigmoid }
    return switch step.calledLayer {
    case let layer as any PointwiseLayer: layer.activation == .sigmoid
    case let layer as any ImageConvolution: layer.activation == .sigmoid
    case let layer as Dense: layer.activation == .sigmoid
    default: false
    }
  }

  /// For each value, whether a gradient flows to it.
  func valuesWithGradient() -> [Bool] {
    var result = [Bool](repeating: false, count: valueCount)
    for input in 0..<inputCount { result[input] = kind.inputsNeedGradient }
    for step in steps {
      let flows =
        !(step.operation is MaskMaking)
        && (step.inputs.contains { result[$0] }
          || (kind.recordsGradients && step.layer.parameters.contains(where: \.isTrainable)))
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

  /// For each value that exactly one step takes and that is no output, the index of that step. A step with masks is none,
  /// so that no pass takes its layer for one without.
  func onlyConsumers() -> [Int: Int] {
    let counts = consumerCounts()
    var result: [Int: Int] = [:]
    for (index, step) in steps.enumerated() where !(step.operation is MaskedCall || step.operation is MaskMaking) {
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
          layer: step.layer, inputShapes: step.inputShapes,
          outputShapes: step.operation is LayerCall || step.operation is MaskedCall ? step.outputShapes : []))
    }
    return result.reversed()
  }
}
