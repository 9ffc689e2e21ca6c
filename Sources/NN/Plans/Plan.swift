import Autograd
import Tensor

/// What a call of a model runs: the calls of its layers, with the models inside spelled out, and joined where one operation
/// does the work of several layers.
///
/// A plan is made once for each kind of call by passes over a ``PlanDraft``, one file each, and does not change. It holds no
/// values of parameters but what it has prepared from them, which it makes anew when they change.
///
/// `@unchecked Sendable` since a custom layer need not be `Sendable`: its call must follow the rules of ``Layer``.
struct Plan: @unchecked Sendable {
  /// One operation, and where its values come from and go to.
  struct Step {
    let operation: any PlanOperation
    let inputs: [Int]
    let outputs: [Int]
    /// The values that no later step needs: their memory is free for the next ones.
    let lastUses: [Int]
    /// The layer, or the first of several, for messages.
    let layer: any Layer
    /// What the layer was built for.
    let inputShapes: [Shape]
    /// What the layer said in `build` that it makes of them, for a layer that is called as it is; otherwise empty.
    let outputShapes: [Shape]

    /// Stops where a layer makes other shapes than `build` said: a layer behind it would be blamed for them. Inputs of
    /// other shapes than in `build` may well have other outputs.
    func check(_ results: [Variable<Float>], of inputs: [Variable<Float>]) {
      guard !outputShapes.isEmpty, zip(inputShapes, inputs).allSatisfy({ $0.isExample(of: $1.shape) }) else { return }
      for (shape, result) in zip(outputShapes, results) where !shape.isExample(of: result.shape) {
        stop("its call makes an output of shape \(Shape(result.shape.dropFirst())), and its build returned \(shape)")
      }
    }
  }

  private let steps: [Step]
  private let slices: BatchSlices?
  private let outputs: [Int]
  private let valueCount: Int

  /// The passes, in the order in which they run.
  private static let passes: [@Sendable (inout PlanDraft) -> Void] = [
    { $0.removeIdentities() }, { $0.joinPadding() }, { $0.joinInferredConvolutions() },
    { $0.joinPooledLayers() }, { $0.joinPrologues() }, { $0.growConcatenations() },
    { $0.joinDepthwiseChains() }, { $0.keepDenseFilters() }, { $0.joinTrainedConvolutions() }, { $0.joinDropout() },
    { $0.joinActiveNormalizations() }, { $0.joinNormalizedConvolutions() }, { $0.joinAdditions() },
  ]

  /// Plans the calls of one kind of a model.
  init(_ model: Model, _ kind: CallKind) {
    var draft = PlanDraft(model, kind)
    for pass in Self.passes {
      pass(&draft)
      draft.removeSteps()
    }
    steps = draft.stepsWithLastUses()
    slices = draft.batchSlices()
    outputs = draft.outputs
    valueCount = draft.valueCount
  }

  /// The outputs for inputs of the model.
  func run(_ inputs: [Variable<Float>], _ context: Context, in model: Model) -> [Variable<Float>] {
    let place = Place()
    let root = StopPlace.current?.root as? Model ?? model
    return StopPlace.$current.withValue(StopPlace(root: root) { place.description(in: root) }) {
      var values = inputs.map(Optional.some) + [Variable<Float>?](repeating: nil, count: valueCount - inputs.count)
      let batch = inputs.first?.shape.first ?? 0
      let ranges = slices?.ranges(of: batch) ?? []
      if let slices, ranges.count > 1, slices.inputs.allSatisfy({ values[$0].map { $0.shape[0] == batch } ?? true }) {
        run(steps[..<slices.steps.lowerBound], &values, context, place)
        run(slices, ranges, &values, context, place)
        run(steps[slices.steps.upperBound...], &values, context, place)
      } else {
        run(steps[...], &values, context, place)
      }
      return outputs.compactMap { values[$0] }
    }
  }

  /// Runs some steps.
  private func run(
    _ steps: ArraySlice<Step>, _ values: inout [Variable<Float>?], _ context: Context, _ place: Place
  ) {
    for step in steps {
      let inputs = step.inputs.compactMap { values[$0] }
      for value in step.lastUses { values[value] = nil }
      place.set(step, inputs)
      let results = step.operation.run(inputs, context)
      step.check(results, of: inputs)
      for (value, result) in zip(step.outputs, results) { values[value] = result }
    }
  }

  /// Runs the steps of slices for one range of examples after the other, and joins what they make.
  private func run(
    _ slices: BatchSlices, _ ranges: [Range<Int>], _ values: inout [Variable<Float>?], _ context: Context,
    _ place: Place
  ) {
    var parts: [[Variable<Float>]] = []
    for range in ranges {
      var part = values
      for value in slices.inputs { part[value] = values[value].map { Variable($0.value[range]) } }
      run(steps[slices.steps], &part, context, place)
      parts.append(slices.outputs.compactMap { part[$0] })
    }
    for step in steps[slices.steps] {
      for value in step.lastUses { values[value] = nil }
    }
    for (index, value) in slices.outputs.enumerated() {
      values[value] = Variable(examples: parts.map { $0[index] })
    }
  }

  /// The step that a task is at, for messages.
  ///
  /// `@unchecked Sendable` since only the task that runs the plan uses it.
  private final class Place: @unchecked Sendable {
    private var current: (step: Step, batches: [Shape])?

    func set(_ step: Step, _ inputs: [Variable<Float>]) {
      current = (step, inputs.map(\.shape))
    }

    /// As in `layer residual.body.dense, built for inputs of shape [4] and called with [5]`.
    func description(in root: Model) -> String {
      guard let (step, batches) = current else { return "the model" }
      let path = root.layersByPath.first { $0.layer === step.layer }?.path ?? "\(type(of: step.layer))"
      let expected =
        step.inputShapes.isEmpty ? "not built" : "built for inputs of shape \(text(step.inputShapes))"
      return "layer \(path), \(expected) and called with \(text(batches.map { Shape($0.dropFirst()) }))"
    }

    private func text(_ shapes: [Shape]) -> String { shapes.map(\.description).joined(separator: " and ") }
  }
}

extension Shape {
  /// Whether a batch `[N, …]` has examples of this shape.
  fileprivate func isExample(of batch: Shape) -> Bool {
    let lengths = batch.dimensions
    return lengths.count == rank + 1 && dimensions.indices.allSatisfy { dimensions[$0] == lengths[$0 + 1] }
  }
}

/// The work of one step of a plan.
protocol PlanOperation {
  /// The results for batches `[N, …]` of each input.
  func run(_ inputs: [Variable<Float>], _ context: Context) -> [Variable<Float>]
}

/// A layer called as it is.
struct LayerCall: PlanOperation {
  let layer: any Layer
  /// See ``Graph/Call/training``.
  let training: Bool?

  func run(_ inputs: [Variable<Float>], _ context: Context) -> [Variable<Float>] {
    guard let training else { return layer.outputs(of: inputs, context) }
    return context.withTraining(training) { layer.outputs(of: inputs, $0) }
  }
}
