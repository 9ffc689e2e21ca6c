import Autograd
import Data
import NN
import Optim
import Tensor

/// The steps of a training, and the running figures of the epoch.
final class TrainingStep {
  let model: any Layer
  private let namedParameters: [(name: String, parameter: Parameter)]
  let optimizer: any Optimizer
  private(set) var objective: Objective
  private let classWeights: [Float]?
  /// Whether an example may have shares of several classes, each of which brings its weight.
  private let mixesTargets: Bool
  private let seed: UInt64
  let context: Context
  var meanLoss = RunningMean()
  /// The number of examples seen in this epoch.
  var examples = 0
  /// Whether a step with a loss or a gradient that is not finite leaves the model as it was.
  var keepsFinite = false
  /// The first value that was not finite in any step so far.
  private(set) var nonFinite: NonFiniteValue?

  init(
    model: any Layer, optimizer: any Optimizer, objective: Objective, classWeights: [Float]?, seed: UInt64,
    mixesTargets: Bool = false
  ) {
    self.model = model
    namedParameters = model.namedParameters
    self.optimizer = optimizer
    self.objective = objective
    self.classWeights = classWeights
    self.seed = seed
    self.mixesTargets = mixesTargets
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
    // The order of the examples and the augmentation use the streams below 2⁶³.
    context.generator = RandomGenerator(seed: seed, stream: 1 << 63 | UInt64(number))
  }

  /// Forward, loss, gradients, update.
  ///
  /// - Returns: the loss of the batch, penalties included.
  func train(on batch: Batch) throws -> Double {
    let generator = context.generator
    let buffers = keepsFinite ? model.namedBuffers.map { ($0.buffer, $0.buffer.value) } : []
    let inputs = try objective.wiring.inputs(of: batch)
    let targets = try objective.wiring.targets(of: batch)
    let predicted = model.outputs(of: inputs.map { Variable($0) }, context)
    let weights = try weights(of: batch, targets, predicted)
    let dataLoss = try objective.loss(predicted, targets, weights: weights)
    let total = model.penalty(context).map { dataLoss.total + $0 } ?? dataLoss.total
    let value = Double(total.value.scalar)
    let gradients = total.gradients()
    if nonFinite == nil { nonFinite = firstNonFinite(value, gradients, inputs, generator) }
    if keepsFinite, nonFinite != nil {
      for (buffer, value) in buffers { buffer.value = value }
    } else {
      optimizer.update(namedParameters, with: gradients)
    }
    meanLoss.add(mean: value, count: batch.count)
    examples += batch.count
    try objective.measure(predicted, targets, losses: dataLoss.parts, weights: weights)
    return value
  }

  /// The first value of a step that is not finite; `nil` if all are. Gradients of a finite loss are looked at only where the
  /// model must stay finite.
  private func firstNonFinite(
    _ loss: Double, _ gradients: Gradients<Float>, _ inputs: [Tensor<Float>], _ generator: RandomGenerator
  ) -> NonFiniteValue? {
    guard loss.isFinite else { return NonFiniteValue(in: model, inputs: inputs, generator: generator) }
    return keepsFinite ? NonFiniteValue(gradients: gradients, of: namedParameters) : nil
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
    guard targets.rank == 2, [1, classWeights.count].contains(targets.shape[1]) else {
      throw TargetError(targets: targets.shape, reason: "class weights need one row of shares of classes an example")
    }
    let (columns, values) = (targets.shape[1], targets.scalars)
    return Tensor(
      (0..<targets.shape[0]).map { row in
        if columns == 1, classWeights.count == 2 {
          return classWeights[0] + values[row] * (classWeights[1] - classWeights[0])
        }
        return classWeights.indices.reduce(0) { $0 + classWeights[$1] * values[row * columns + $1] }
      })
  }
}
