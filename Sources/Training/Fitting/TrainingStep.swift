import Autograd
import Data
import NN
import Optim
import Tensor

/// The steps of a training, and the running figures of the epoch.
final class TrainingStep {
  let model: any Layer
  /// The model and all layers in it, found once.
  let layers: [any Layer]
  let namedParameters: [(name: String, parameter: Parameter)]
  let namedBuffers: [(name: String, buffer: Buffer)]
  let optimizer: any Optimizer
  private(set) var objective: Objective
  private let classWeights: [Float]?
  /// Whether an example may have shares of several classes, each of which brings its weight.
  private let mixesTargets: Bool
  private let seed: UInt64
  let context: Context
  /// What is exchanged with other ranks; `nil` for a training in one process.
  let exchange: StepExchange?
  var meanLoss = RunningMean()
  /// The number of examples seen in this epoch.
  var examples = 0
  /// Whether a step with a loss or a gradient that is not finite leaves the model as it was.
  var keepsFinite = false
  /// Which layers and parameters are trained since the n-th change of any.
  var knownTrained: (change: Int, trained: [Bool])?
  /// The first value that was not finite in any step so far.
  private(set) var nonFinite: NonFiniteValue?
  /// Whether no step was made: the gradients of the first one are compared with the parameters of the model.
  private var isFirst = true
  private var warning: String?

  init(
    model: any Layer, optimizer: any Optimizer, objective: Objective, classWeights: [Float]?, seed: UInt64,
    mixesTargets: Bool = false, exchange: StepExchange? = nil
  ) {
    self.model = model
    layers = model.layersByPath.map(\.layer)
    (namedParameters, namedBuffers) = (model.namedParameters, model.namedBuffers)
    self.optimizer = optimizer
    self.objective = objective
    self.classWeights = classWeights
    self.seed = seed
    self.mixesTargets = mixesTargets
    self.exchange = exchange
    context = Context(.training, seed: seed)
  }

  /// The metrics of all outputs.
  var metrics: [any Metric] {
    get { objective.metrics }
    set { for (index, metric) in newValue.enumerated() { objective.measured[index].metric = metric } }
  }

  var parameters: [Parameter] { namedParameters.map(\.parameter) }

  /// The loss and the metrics of the epoch so far.
  var figures: Figures { Figures(loss: meanLoss.value, metrics: metrics) }

  /// Begins an epoch. Its dropout depends on the seed and the given number.
  func beginEpoch(_ number: Int) {
    meanLoss = RunningMean()
    examples = 0
    objective.reset()
    context.generator = generator(ofEpoch: number)
  }

  /// The random numbers of an epoch, which are others on each rank.
  func generator(ofEpoch number: Int) -> RandomGenerator {
    // The order of the examples and the augmentation use the streams below 2⁶³. Epochs have numbers below 2³¹.
    RandomGenerator(seed: seed, stream: 1 << 63 | UInt64(exchange?.part.index ?? 0) << 32 | UInt64(number))
  }

  /// Forward, loss, gradients, update.
  ///
  /// - Parameters:
  ///   - batch: the examples; with other ranks, the own part of them.
  ///   - count: the number of examples of all ranks.
  /// - Returns: the loss of the batch, penalties included.
  func train(on batch: Batch, of count: Int) throws -> Double {
    let generator = context.generator
    let buffers = keepsFinite ? namedBuffers.map { ($0.buffer, $0.buffer.value) } : []
    let inputs = try objective.wiring.inputs(of: batch)
    // With other ranks the inputs are checked already: what is thrown here would leave the others waiting.
    if exchange == nil { try (model as? Model)?.checkLookUps(inputs) }
    let values: StepValues
    let gradients: Gradients<Float>
    if let exchange {
      let result = try trainPart(on: batch, inputs, of: count, exchange)
      (values, gradients) = (result.values, result.gradients)
      if nonFinite == nil, !values.loss.isFinite {
        let isHere = result.nonFinite.contains(exchange.part.index)
        let own = isHere ? try nonFiniteValue(of: batch, inputs, result.values.parts, generator) : nil
        nonFinite = try exchange.place(own, on: result.nonFinite)
      }
    } else {
      let computed = try forward(model.outputs(of: inputs.map { Variable($0) }, context), batch)
      (values, gradients) = (computed.values, computed.total.gradients())
      if isFirst, let error = unlistedParameters(of: gradients) { throw error }
      if nonFinite == nil, !values.loss.isFinite {
        nonFinite = try nonFiniteValue(of: batch, inputs, values.parts, generator)
      }
    }
    if isFirst { warning = untrainedWarning(of: gradients) }
    isFirst = false
    // Gradients of a finite loss are looked at only where the model must stay finite.
    if nonFinite == nil, keepsFinite { nonFinite = NonFiniteValue(gradients: gradients, of: namedParameters) }
    if keepsFinite, nonFinite != nil {
      for (buffer, value) in buffers { buffer.value = value }
    } else {
      let begin = ContinuousClock.now
      update(with: gradients)
      exchange?.timeline?.add("update", since: begin)
    }
    meanLoss.add(mean: values.loss, count: values.count)
    examples += values.count
    try objective.measure(values)
    exchange?.timeline?.endStep()
    return values.loss
  }

  private func nonFiniteValue(
    of batch: Batch, _ inputs: [Tensor<Float>], _ parts: [Double], _ generator: RandomGenerator
  ) throws -> NonFiniteValue {
    NonFiniteValue(
      in: model, inputs: inputs, targets: try objective.wiring.targets(of: batch), parts: parts, objective,
      generator: generator)
  }

  /// What the steps so far give reason to warn of, once.
  func takeWarning() -> String? {
    defer { warning = nil }
    return warning
  }

  /// The learning rate of the next step.
  var learningRate: Double { optimizer.currentLearningRate * rateFactor }

  /// What several ranks multiply the rate of the optimizer by.
  private var rateFactor: Double {
    exchange.flatMap { exchange in
      exchange.distribution.learningRateScaling?.factor(step: optimizer.stepCount, ranks: exchange.part.count)
    } ?? 1
  }

  private func update(with gradients: Gradients<Float>) {
    let (schedule, factor) = (optimizer.learningRate, rateFactor)
    if factor != 1 { optimizer.learningRate = .constant(optimizer.currentLearningRate * factor) }
    optimizer.update(namedParameters, with: gradients)
    if factor != 1 { optimizer.learningRate = schedule }
  }

  /// The loss of some examples, and what the metrics need of them.
  ///
  /// - Parameter factors: as in ``Objective``.
  private func forward(
    _ predicted: [Variable<Float>], _ batch: Batch, factors: [Float] = []
  ) throws -> (total: Variable<Float>, values: StepValues) {
    let targets = try objective.wiring.targets(of: batch)
    let weights = try weights(of: batch, targets, predicted)
    let dataLoss = try objective.loss(predicted, targets, weights: weights, factors: factors)
    let total = context.penalty(of: layers).map { dataLoss.total + $0 } ?? dataLoss.total
    guard total.needsGradient else { throw FitError.nothingToTrain }
    let values = StepValues(
      count: batch.count, loss: Double(total.value.scalar), parts: dataLoss.parts.map { Double($0.value.scalar) },
      predicted: predicted.map(\.value), expected: targets, weights: weights)
    return (total, values)
  }

  /// Computes the own part of a batch, and exchanges losses and gradients with the other ranks.
  ///
  /// The walk back begins with the own share of the examples, so that the sums over the ranks are means over all examples.
  private func trainPart(
    on batch: Batch, _ inputs: [Tensor<Float>], of count: Int, _ exchange: StepExchange
  ) throws -> (values: StepValues, gradients: Gradients<Float>, nonFinite: [Int]) {
    let begin = ContinuousClock.now
    let factors = try exchange.factors(of: batch, of: count, objective)
    let statistics = exchange.makeStatistics()
    context.exchange = statistics
    defer { context.exchange = nil }
    var values = exchange.rows.noValues
    var total: Variable<Float>?
    // A rank without examples calls the model only where others wait for its statistics.
    if batch.count > 0 || statistics != nil {
      let predicted = model.outputs(of: inputs.map { Variable($0) }, context)
      let computed = Result { try batch.count > 0 ? forward(predicted, batch, factors: factors) : nil }
      switch computed {
      case .success((let loss, let own)?) where StepRows(of: own) == exchange.rows: (total, values) = (loss, own)
      case .success((_, let own)?):
        exchange.fail(with: FitError.rows(found: StepRows(of: own).all, expected: exchange.rows.all))
      case .success(nil): break
      case .failure(let error): exchange.fail(with: error)
      }
      if total == nil, statistics != nil {
        // Walked back for the statistics of the other ranks alone.
        let sums = predicted.map { $0.sum() }
        total = sums.dropFirst().reduce(sums[0]) { $0 + $1 }
      }
    }
    exchange.timeline?.add("forward", since: begin)
    let share = Float(values.count) / Float(count)
    let result = try exchange.combine(values, of: count, sendsRows: objective.measuresRows) { ready in
      guard let total, total.needsGradient else { return }
      let own = total.gradients(from: Tensor(repeating: share, shape: total.shape), ready: ready)
      // The message of this step is sent: the others hear of the error in the next one.
      if isFirst, let error = unlistedParameters(of: own) { exchange.fail(with: error) }
    }
    if let failure = statistics?.failure { throw failure }
    return result
  }

  /// Tells the metrics what the outputs mean.
  func prepareMetrics() { objective.prepareMetrics() }

  /// Ends the training: where the optimizer keeps averages of the parameters, they become their values, as in Keras.
  func finish() {
    if optimizer.options.average != nil { optimizer.applyAverages(to: parameters) }
  }

  /// How much each example counts in the loss: its own weight times that of its class; `nil` for all the same.
  private func weights(
    of batch: Batch, _ targets: [Tensor<Float>], _ predicted: [Variable<Float>]
  ) throws -> Tensor<Float>? {
    guard let classWeights else { return batch.weights }
    // Class weights are for one output.
    try objective.outputs[0].loss.check(predicted: predicted[0].shape, expected: targets[0])
    let ofClasses = try exampleWeights(targets[0], outputs: predicted[0].shape, classWeights)
    return batch.weights.map { $0 * ofClasses } ?? ofClasses
  }

  /// The weight of each example: the weight of its class. Of mixed examples, the mean of the weights by the shares of the
  /// classes, so that an example weighs the same in a mixture.
  ///
  /// - Throws: `TargetError` when examples have several classes, none, or one at each pixel.
  private func exampleWeights(_ targets: Tensor<Float>, outputs: Shape, _ classWeights: [Float]) throws -> Tensor<Float>
  {
    if mixesTargets { return try mixedWeights(targets, classWeights) }
    let classes = try ClassReading.expected(targets, outputs: outputs)
    guard classes.count == outputs.first else {
      throw TargetError(predicted: outputs, expected: targets.shape, reason: "class weights need one class an example")
    }
    let weights = try classes.map { (index: Int?) throws -> Float in
      guard let index, classWeights.indices.contains(index) else {
        throw TargetError(targets: targets.shape, reason: "a target is none of the \(classWeights.count) classes")
      }
      return classWeights[index]
    }
    return Tensor(weights)
  }

  private func mixedWeights(_ targets: Tensor<Float>, _ classWeights: [Float]) throws -> Tensor<Float> {
    let columns = targets.rank == 2 ? targets.shape[1] : 0
    let isPair = columns == 1 && classWeights.count == 2
    guard isPair || columns == classWeights.count else {
      throw TargetError(
        targets: targets.shape,
        reason: "\(classWeights.count) class weights need one row of shares of the classes for each example")
    }
    let values = targets.scalars
    return Tensor(
      (0..<targets.shape[0]).map { row in
        if isPair { return classWeights[0] + values[row] * (classWeights[1] - classWeights[0]) }
        return classWeights.indices.reduce(0) { $0 + classWeights[$1] * values[row * columns + $1] }
      })
  }
}
