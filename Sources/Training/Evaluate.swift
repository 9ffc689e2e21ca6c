import Autograd
import Data
import NN
import Tensor

extension Layer {
  /// Measures the model on a data set, in inference mode.
  ///
  /// - Parameters:
  ///   - dataset: the examples. Its classes and preprocessing must be those of the model, if it knows any.
  ///   - batchSize: the number of examples that are computed at a time.
  ///   - loss: the loss to measure.
  ///   - metrics: what else to measure. By default it follows from the loss: the accuracy for classes, the accuracy of
  ///     each answer (``BinaryAccuracy``) for several yes-or-no outputs, nothing for regression.
  /// - Throws: ``FitError``, `LossError` or `MetricError` when data, model, loss and metrics do not fit together, and
  ///   whatever the data set throws.
  public func evaluate(
    _ dataset: any Dataset, batchSize: Int = 32, loss: any Loss, metrics: [any Metric]? = nil
  ) throws -> Evaluation {
    try check(inputShape: dataset.inputShape, count: dataset.count)
    try checkMemory(batchSize: min(batchSize, dataset.count), inputShape: dataset.inputShape, isTraining: false)
    try DataMeaning(dataset, "the data").check(against: DataMeaning(self))
    try checkOutputs(against: loss)
    var metrics = try metricsThatFit(loss, dataset, metrics)
    var (meanLoss, nonFiniteCount) = (RunningMean(), 0)
    for index in metrics.indices { metrics[index].reset() }
    var (predictions, targets): ([Tensor<Float>], [Tensor<Float>]) = ([], [])
    let penalty = penalty(Context(.inference))
    let batches = try BatchLoader(dataset, batchSize: batchSize, shuffle: false).batches(epoch: 0)
    while let batch = try batches.next() {
      // The output with its logits, so that the loss is the one that training sees.
      let output = self(Variable(batch.inputs), Context(.inference))
      let predicted = output.value
      try loss.check(predicted: predicted.shape, expected: batch.targets)
      var value = loss(output, batch.targets)
      if let penalty { value = value + penalty }
      meanLoss.add(mean: Double(value.value.scalar), count: batch.count)
      try metrics.update(predicted: predicted, expected: batch.targets)
      nonFiniteCount += predicted.nonFiniteRowCount
      predictions.append(predicted)
      targets.append(batch.targets)
    }
    return Evaluation(
      figures: Figures(loss: meanLoss.value, metrics: metrics), predicted: Tensor(concatenating: predictions),
      expected: Tensor(concatenating: targets), classes: dataset.classes, outputMeaning: loss.outputMeaning,
      nonFiniteCount: nonFiniteCount)
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
  ///
  /// The names of the classes do not matter here, the preprocessing does.
  ///
  /// - Throws: ``FitError`` when the inputs have another shape or preprocessing than those of the model.
  public func predict(_ dataset: any Dataset, batchSize: Int = 32) throws -> Tensor<Float> {
    try check(inputShape: dataset.inputShape, count: dataset.count)
    try checkMemory(batchSize: min(batchSize, dataset.count), inputShape: dataset.inputShape, isTraining: false)
    try DataMeaning(dataset, "the data").checkPreprocessing(against: DataMeaning(self))
    let batches = try BatchLoader(dataset, batchSize: batchSize, shuffle: false).batches(epoch: 0)
    var predictions: [Tensor<Float>] = []
    while let batch = try batches.next() { predictions.append(self(batch.inputs)) }
    return Tensor(concatenating: predictions)
  }

  /// Throws unless the data set has examples of the shape that the model takes.
  func check(inputShape: Shape, count: Int) throws {
    guard count >= 1 else { throw FitError.noExamples }
    if let expected = (self as? Model)?.inputShape, expected != inputShape {
      throw FitError.inputShape(found: inputShape, expected: expected)
    }
  }
}

extension Layer {
  /// The metrics for a loss, the given ones or those that fit it, told what the outputs mean.
  ///
  /// Throws unless the data set has examples, the model takes them, and loss and metrics can compare its outputs with the
  /// targets. Looks at the first example.
  func metricsThatFit(_ loss: any Loss, _ dataset: any Dataset, _ metrics: [any Metric]?) throws -> [any Metric] {
    try check(inputShape: dataset.inputShape, count: dataset.count)
    let example = try dataset.batch([0])
    let predicted = self(Variable(example.inputs), Context(.inference))
    if predicted.isProbabilities, let meaning = loss.outputMeaning, meaning.isLogits {
      throw FitError.probabilitiesForLogits(meaning)
    }
    let outputs = predicted.shape
    try loss.check(predicted: outputs, expected: example.targets)
    var metrics = metrics ?? loss.defaultMetrics(outputs: outputs)
    for index in metrics.indices {
      if metrics[..<index].contains(where: { $0.name == metrics[index].name }) {
        throw FitError.metricName(metrics[index].name)
      }
      metrics[index].prepare(for: loss.outputMeaning)
      try metrics[index].check(predicted: outputs, expected: example.targets)
    }
    return metrics
  }
}

extension Loss {
  /// The metrics that fit the loss for outputs of a shape `[N, …]`.
  fileprivate func defaultMetrics(outputs: Shape) -> [any Metric] {
    switch outputMeaning {
    case .binaryProbabilities, .binaryLogits:
      outputs.dropFirst().reduce(1, *) > 1 ? [BinaryAccuracy()] : defaultMetrics
    case .probabilities, .logits, .values, nil: defaultMetrics
    }
  }
}

extension [any Metric] {
  /// Adds a batch to all metrics.
  ///
  /// - Throws: what a metric has against the targets.
  mutating func update(predicted: Tensor<Float>, expected: Tensor<Float>) throws {
    for index in indices {
      try self[index].check(predicted: predicted.shape, expected: expected)
      self[index].update(predicted: predicted, expected: expected)
    }
  }
}

extension Tensor<Float> {
  /// The number of examples `[N, …]` with an element that is NaN or infinite.
  fileprivate var nonFiniteRowCount: Int {
    guard count > 0, !sum().scalar.isFinite else { return 0 }
    let size = count / shape[0]
    let values = scalars
    return (0..<shape[0]).count { row in values[row * size..<(row + 1) * size].contains { !$0.isFinite } }
  }
}
