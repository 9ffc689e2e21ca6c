import Autograd
import Data
import NN
import Tensor

extension Layer {
  /// Measures the model on a data set, in inference mode.
  ///
  /// - Parameters:
  ///   - dataset: the examples. Its classes and preprocessing must be those of the model, if the model has them.
  ///   - batchSize: the number of examples that are computed at a time.
  ///   - loss: the loss to measure. Metrics of numbers are measured in the units of the numbers, the loss on
  ///     standardized numbers if they are standardized.
  ///   - metrics: the metrics to measure in addition. The default depends on the loss: the accuracy for classes, the
  ///     accuracy of each answer (``BinaryAccuracy``) for several yes-or-no outputs, none for regression.
  /// - Throws: ``FitError`` or `TargetError` if data, model, loss and metrics do not fit together, and the errors of the
  ///   data set.
  public func evaluate(
    _ dataset: any Dataset, batchSize: Int = 32, loss: any Loss, metrics: [any Metric]? = nil
  ) throws -> Evaluation {
    try check(inputShape: dataset.inputShape, count: dataset.count)
    try checkMemory(batchSize: min(batchSize, dataset.count), inputShape: dataset.inputShape, isTraining: false)
    try DataMeaning(dataset, "the data").check(against: DataMeaning(self))
    try checkOutputs(against: loss)
    try loss.check(targets: dataset.targetMeaning)
    let (metrics, _) = try metricsThatFit(loss, dataset, metrics)
    return try measure(dataset, batchSize: batchSize, loss: loss, metrics: metrics)
  }

  /// ``evaluate(_:batchSize:loss:metrics:)`` for data, loss and metrics that were checked already.
  ///
  /// - Parameter observe: called before and after each batch.
  func measure(
    _ dataset: any Dataset, batchSize: Int, loss: any Loss, metrics: [any Metric],
    observe: (EvaluationEvent) throws -> Void = { _ in }
  ) throws -> Evaluation {
    var metrics = metrics
    var (meanLoss, nonFiniteCount) = (RunningMean(), 0)
    for index in metrics.indices { metrics[index].reset() }
    var (predictions, targets): ([Tensor<Float>], [Tensor<Float>]) = ([], [])
    let penalty = penalty(Context(.inference))
    let batches = try BatchLoader(dataset, batchSize: batchSize, shuffle: false).batches(epoch: 0)
    var event = EvaluationEvent()
    while let batch = try batches.next() {
      try observe(event)
      // The output with its logits, so that the loss is the same as in training.
      let context = Context(.inference)
      let output = self(Variable(batch.inputs), context)
      let predicted = output.value
      try loss.check(predicted: predicted.shape, expected: batch.targets)
      let penalties = [penalty, context.takePenalty()].compactMap(\.self)
      let value = penalties.reduce(loss(output, batch.targets)) { $0 + $1 }
      meanLoss.add(mean: Double(value.value.scalar), count: batch.count)
      try metrics.update(
        predicted: dataset.targetMeaning.inOwnUnits(predicted),
        expected: dataset.targetMeaning.inOwnUnits(batch.targets))
      nonFiniteCount += predicted.nonFiniteRowCount
      predictions.append(predicted)
      targets.append(batch.targets)
      event.end(count: batch.count)
      try observe(event)
      event.begin()
    }
    return Evaluation(
      figures: Figures(loss: meanLoss.value, metrics: metrics), predicted: Tensor(concatenating: predictions),
      expected: Tensor(concatenating: targets), classes: dataset.classes, targetMeaning: dataset.targetMeaning,
      outputMeaning: loss.outputMeaning,
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
  /// The data set must have the preprocessing of the model. Its class names do not matter.
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
    let inputs = (self as? Model)?.inputNames.count ?? 1
    guard inputs == 1, outputCount == 1 else { throw FitError.severalValues(inputs: inputs, outputs: outputCount) }
    if let expected = (self as? Model)?.inputShape, expected != inputShape {
      throw FitError.inputShape(found: inputShape, expected: expected)
    }
  }
}

extension Layer {
  /// The given metrics, or the default metrics of the loss, prepared for the meaning of the outputs; and the shape of
  /// the outputs for one example, `[1, …]`.
  ///
  /// Throws unless the data set has examples, the model takes them, and loss and metrics can compare its outputs with
  /// the targets. Runs the model on the first example.
  func metricsThatFit(
    _ loss: any Loss, _ dataset: any Dataset, _ metrics: [any Metric]?
  ) throws -> (metrics: [any Metric], outputs: Shape) {
    try check(inputShape: dataset.inputShape, count: dataset.count)
    let example = try dataset.batch([0])
    let predicted = self(Variable(example.inputs), Context(.inference))
    if predicted.isProbabilities, let meaning = loss.outputMeaning, meaning.isLogits {
      throw FitError.probabilitiesForLogits(meaning)
    }
    let outputs = predicted.shape
    var metrics = metrics ?? loss.defaultMetrics(outputs: outputs)
    var names: Set<String> = ["loss"]
    for name in metrics.map(\.name) where !names.insert(name).inserted { throw FitError.metricName(name) }
    for name in names where names.contains("val_\(name)") { throw FitError.metricName("val_\(name)") }
    for index in metrics.indices { metrics[index].prepare(for: loss.outputMeaning) }
    try metrics.check(loss, outputs: outputs, targets: example.targets)
    return (metrics, outputs)
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
  /// Throws unless a loss and the metrics can compare outputs of a shape `[N, …]` with targets of this form.
  func check(_ loss: any Loss, outputs: Shape, targets: Tensor<Float>) throws {
    try loss.check(predicted: outputs, expected: targets)
    for metric in self { try metric.check(predicted: outputs, expected: targets) }
  }

  /// Adds a batch to all metrics.
  ///
  /// - Throws: the error of a metric that cannot use the targets.
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
