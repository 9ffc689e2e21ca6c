import Autograd
import Data
import NN
import Optim
import Tensor

/// One step of training after the other, and the running figures of the epoch.
final class TrainingStep {
  let model: any Layer
  let parameters: [Parameter]
  let optimizer: any Optimizer
  private let loss: any Loss
  private let classWeights: [Float]?
  let context: Context
  var metrics: [any Metric]
  var meanLoss = RunningMean()
  /// The number of examples seen in this epoch.
  var examples = 0

  init(
    model: any Layer, optimizer: any Optimizer, loss: any Loss, metrics: [any Metric], classWeights: [Float]?,
    context: Context
  ) {
    self.model = model
    parameters = model.parameters
    self.optimizer = optimizer
    self.loss = loss
    self.metrics = metrics
    self.classWeights = classWeights
    self.context = context
  }

  /// Loss and metrics of the epoch so far.
  var figures: Figures { Figures(loss: meanLoss.value, metrics: metrics) }

  func beginEpoch() {
    meanLoss = RunningMean()
    examples = 0
    for index in metrics.indices { metrics[index].reset() }
  }

  /// Forward, loss, gradients, update.
  func train(on batch: Batch) throws {
    let predicted = model(Variable(batch.inputs), context)
    try loss.check(predicted: predicted.shape, expected: batch.targets)
    let dataLoss = loss(predicted, batch.targets, weights: classWeights.map { weights(of: batch.targets, $0) })
    let total = model.penalty(context).map { dataLoss + $0 } ?? dataLoss
    optimizer.update(parameters, with: total.gradients())

    meanLoss.add(mean: Double(total.value.scalar), count: batch.count)
    examples += batch.count
    for index in metrics.indices { metrics[index].update(predicted: predicted.value, expected: batch.targets) }
  }

  /// The weight of each example: that of its class, by one-hot row or by index.
  private func weights(of targets: Tensor<Float>, _ classWeights: [Float]) -> Tensor<Float> {
    let classes =
      targets.rank == 2 && targets.shape[1] > 1
      ? targets.argmax().scalars.map { Int($0) } : targets.scalars.map { Int($0) }
    return Tensor(classes.map { classWeights.indices.contains($0) ? classWeights[$0] : 1 })
  }
}
