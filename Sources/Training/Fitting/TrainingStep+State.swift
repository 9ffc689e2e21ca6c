import NN
import Optim
import Serialization

extension TrainingStep {
  /// Stores the model, the optimizer, the random generator and the running figures of the epoch.
  func save(to state: inout SavedState) throws {
    for (name, tensor) in model.state { state.tensors["model.\(name)"] = tensor }
    let names = model.namedParameters.map(\.name)
    for (name, slots) in zip(names, optimizer.slots(of: parameters)) {
      for (slot, tensor) in slots { state.tensors[Self.slotName(slot, of: name)] = tensor }
    }
    try state.set(optimizer.stepCount, for: "optimizerSteps")
    try state.set(optimizer.stepCounts(of: parameters), for: Self.parameterSteps)
    try state.set(optimizer.learningRate, for: "learningRate")
    try state.set(context.generator, for: "generator")
    try state.set(meanLoss, for: "meanLoss")
    for (index, metric) in metrics.enumerated() { try state.set(metric, for: "metric.\(index)") }
  }

  /// Restores what `save(to:)` has stored.
  ///
  /// - Parameters:
  ///   - state: of the same model, optimizer and metrics.
  ///   - examples: the number of examples seen in the epoch.
  /// - Throws: an error that names what is missing or invalid.
  func restore(from state: SavedState, examples: Int) throws {
    let stepCount: Int = try state.value(for: "optimizerSteps")
    guard (0..<1 << 62).contains(stepCount) else {
      throw SavedStateError(name: "optimizerSteps", reason: "\(stepCount)")
    }
    // Checkpoints of earlier versions do not have them.
    let stepCounts: [Int]? =
      state.values[Self.parameterSteps] == nil ? nil : try state.value(for: Self.parameterSteps)
    let learningRate: LearningRateSchedule = try state.value(for: "learningRate")
    guard learningRate.isSound else { throw SavedStateError(name: "learningRate", reason: "\(learningRate)") }
    let generator = try state.value(type(of: context.generator), for: "generator")
    let meanLoss: RunningMean = try state.value(for: "meanLoss")
    let metrics = try objective.measured.enumerated().map { index, item in
      let meaning = objective.outputs[item.output].loss.outputMeaning
      return try restored(item.metric, for: meaning, from: state, as: "metric.\(index)")
    }
    let slots = model.namedParameters.map { name, _ in
      Dictionary(
        uniqueKeysWithValues: optimizer.storedSlotNames.compactMap { slot in
          state.tensors[Self.slotName(slot, of: name)].map { (slot, $0) }
        })
    }
    try model.load(state: state.part("model").tensors)
    try optimizer.restore(stepCount: stepCount, slots: slots, of: parameters, stepCounts: stepCounts)
    optimizer.learningRate = learningRate
    context.generator = generator
    self.meanLoss = meanLoss
    self.metrics = metrics
    prepareMetrics()
    self.examples = examples
  }

  /// An upper bound of the size of a checkpoint file, in bytes: the model, several times its size for the optimizer's
  /// slots and the weights that callbacks store, twice for what is kept of each rank, of which there may be fewer now, and the
  /// header.
  static func largestCheckpoint(of model: any Layer, ranks: Int) -> Int {
    let weights = model.state.values.reduce(0) { $0 + $1.count * MemoryLayout<Float>.size }
    return (16 + 2 * max(ranks, 64)) * weights + 1 << 28
  }

  /// A metric with the state in a checkpoint.
  ///
  /// - Throws: ``SavedStateError`` if it is missing, invalid, or that of a metric with other options, whose values must not stand
  ///   in one history with those of this one.
  private func restored<M: Metric>(
    _ metric: M, for meaning: OutputMeaning?, from state: SavedState, as name: String
  ) throws -> any Metric {
    func saved() throws -> M { try state.value(for: name) }
    func options(_ metric: M) -> String {
      var metric = metric
      metric.reset()
      metric.prepare(for: meaning)
      return storedValue(metric) ?? ""
    }
    let (own, other) = (options(metric), options(try saved()))
    guard ExactText(own) == ExactText(other) else {
      let (here, there) = RunDescription.differingParts(own, other)
      throw SavedStateError(name: "metric \(metric.name)", reason: "it is \(here), in the checkpoint it is \(there)")
    }
    return try saved()
  }

  private static let parameterSteps = "optimizerParameterSteps"

  private static func slotName(_ slot: String, of parameter: String) -> String { "optimizer.\(slot).\(parameter)" }
}
