import Autograd
import Data
import NN
import Tensor

/// What a model does on a data set.
public struct Evaluation: Sendable {
  /// Mean loss and metrics.
  public let figures: Figures
  /// The outputs of the model for all examples, `[N, …]`.
  public let predicted: Tensor<Float>
  /// The targets of all examples.
  public let expected: Tensor<Float>
}

extension Layer {
  /// Measures the model on a data set, in inference mode.
  ///
  /// - Throws: ``FitError`` when data and model do not fit together, and whatever the data set throws.
  public func evaluate(
    _ dataset: any Dataset, batchSize: Int = 32, loss: any Loss, metrics: [any Metric] = [Accuracy()]
  ) throws -> Evaluation {
    try check(inputShape: dataset.inputShape, count: dataset.count)
    var (metrics, meanLoss) = (metrics, RunningMean())
    for index in metrics.indices { metrics[index].reset() }
    var (predictions, targets): ([Tensor<Float>], [Tensor<Float>]) = ([], [])
    let penalty = penalty(Context(.inference))
    let batches = try BatchLoader(dataset, batchSize: batchSize, shuffle: false).batches(epoch: 0)
    while let batch = try batches.next() {
      let predicted = self(batch.inputs)
      try loss.check(predicted: predicted.shape, expected: batch.targets)
      var value = loss(Variable(predicted), batch.targets)
      if let penalty { value = value + penalty }
      meanLoss.add(mean: Double(value.value.scalar), count: batch.count)
      for index in metrics.indices { metrics[index].update(predicted: predicted, expected: batch.targets) }
      predictions.append(predicted)
      targets.append(batch.targets)
    }
    return Evaluation(
      figures: Figures(loss: meanLoss.value, metrics: metrics), predicted: Tensor(concatenating: predictions),
      expected: Tensor(concatenating: targets))
  }

  /// The outputs of the model for a batch of any size `[N, …]`, computed `batchSize` examples at a time.
  ///
  /// - Throws: ``FitError`` when the inputs have another shape than the model takes.
  public func predict(_ inputs: Tensor<Float>, batchSize: Int = 32) throws -> Tensor<Float> {
    try check(inputShape: Shape(inputs.shape.dropFirst()), count: inputs.shape.first ?? 0)
    guard batchSize >= 1 else { throw DatasetError.batchSize(batchSize) }
    let starts = stride(from: 0, to: inputs.shape[0], by: batchSize)
    return Tensor(
      concatenating: starts.map { start in
        self(inputs.slice(start..<Swift.min(start + batchSize, inputs.shape[0]), axis: 0))
      })
  }

  /// The outputs of the model for all examples of a data set, in their order.
  public func predict(_ dataset: any Dataset, batchSize: Int = 32) throws -> Tensor<Float> {
    try check(inputShape: dataset.inputShape, count: dataset.count)
    let batches = try BatchLoader(dataset, batchSize: batchSize, shuffle: false).batches(epoch: 0)
    var predictions: [Tensor<Float>] = []
    while let batch = try batches.next() { predictions.append(self(batch.inputs)) }
    return Tensor(concatenating: predictions)
  }

  /// Throws unless the data set has examples, the model takes them, and the loss can compare outputs with targets.
  func check(_ dataset: any Dataset, loss: any Loss) throws {
    try check(inputShape: dataset.inputShape, count: dataset.count)
    let example = try dataset.batch([0])
    let predicted = self(example.inputs)
    try loss.check(predicted: predicted.shape, expected: example.targets)
  }

  private func check(inputShape: Shape, count: Int) throws {
    guard count >= 1 else { throw FitError.noExamples }
    if let expected = (self as? Sequential)?.inputShape, expected != inputShape {
      throw FitError.inputShape(found: inputShape, expected: expected)
    }
  }
}
