import Autograd
import Data
import NN
import Tensor

extension Layer {
  /// Measures the model on a data set, in inference mode.
  ///
  /// Examples count in the loss as the data set weighs them, and in the weighted metrics.
  ///
  /// - Parameters:
  ///   - dataset: the examples. Its classes and preprocessing must be those of the model, if the model has them.
  ///   - batchSize: the number of examples that are computed at a time.
  ///   - loss: the loss to measure. Metrics of numbers are measured in the units of the numbers, the loss on
  ///     standardized numbers if they are standardized.
  ///   - metrics: the metrics to measure in addition. The default depends on the loss: the accuracy for classes, the
  ///     accuracy of each answer (``BinaryAccuracy``) for several yes-or-no outputs, none for regression.
  ///   - weightedMetrics: the metrics in which examples count as the data set weighs them.
  /// - Throws: ``FitError`` or `TargetError` if data, model, loss and metrics do not fit together, and the errors of the
  ///   data set.
  public func evaluate(
    _ dataset: any Dataset, batchSize: Int = 32, loss: any Loss, metrics: [any Metric]? = nil,
    weightedMetrics: [any WeightedMetric] = []
  ) throws -> Evaluation {
    try evaluate(
      dataset, batchSize: batchSize, Goals(loss: loss, metrics: metrics, weightedMetrics: weightedMetrics)
    ).whole
  }

  /// Measures a model with several outputs on a data set, in inference mode.
  ///
  /// - Parameters:
  ///   - dataset: the examples, with targets for each output.
  ///   - batchSize: the number of examples that are computed at a time.
  ///   - losses: the loss of each output.
  ///   - lossWeights: how much each loss counts in the sum; 1 by default.
  ///   - metrics: the metrics of each output; by default those that fit its loss.
  ///   - weightedMetrics: the metrics of each output in which examples count as the data set weighs them.
  /// - Throws: as ``evaluate(_:batchSize:loss:metrics:weightedMetrics:)``.
  public func evaluate(
    _ dataset: any Dataset, batchSize: Int = 32, losses: PerOutput<any Loss>, lossWeights: PerOutput<Float>? = nil,
    metrics: PerOutput<[any Metric]>? = nil, weightedMetrics: PerOutput<[any WeightedMetric]>? = nil
  ) throws -> OutputEvaluations {
    try evaluate(
      dataset, batchSize: batchSize,
      Goals(losses: losses, lossWeights: lossWeights, metrics: metrics, weightedMetrics: weightedMetrics))
  }

  private func evaluate(_ dataset: any Dataset, batchSize: Int, _ goals: Goals) throws -> OutputEvaluations {
    _ = try wiring(for: dataset, goals)
    try checkMemory(batchSize: min(batchSize, dataset.count), inputShapes: dataset.inputShapes, isTraining: false)
    try DataMeaning(dataset, "the data").check(against: DataMeaning(self))
    return try measure(dataset, batchSize: batchSize, try objective(goals, dataset))
  }

  /// The results for data that was checked already.
  ///
  /// - Parameter observe: called before and after each batch.
  func measure(
    _ dataset: any Dataset, batchSize: Int, _ objective: Objective,
    observe: (EvaluationEvent) throws -> Void = { _ in }
  ) throws -> OutputEvaluations {
    var objective = objective
    objective.reset()
    var (meanLoss, means) = (RunningMean(), objective.outputs.map { _ in RunningMean() })
    var nonFinite = objective.outputs.map { _ in 0 }
    var (predictions, targets): ([[Tensor<Float>]], [[Tensor<Float>]]) = ([], [])
    let penalty = penalty(Context(.inference))
    let batches = try BatchLoader(dataset, batchSize: batchSize, shuffle: false).batches(epoch: 0)
    var event = EvaluationEvent()
    while let batch = try batches.next() {
      try observe(event)
      // The output with its logits, so that the loss is the same as in training.
      let context = Context(.inference)
      let inputs = try objective.wiring.inputs(of: batch)
      let expected = try objective.wiring.targets(of: batch)
      let predicted = outputs(of: inputs.map { Variable($0) }, context)
      let loss = try objective.loss(predicted, expected, weights: batch.weights)
      let penalties = [penalty, context.takePenalty()].compactMap(\.self)
      let value = penalties.reduce(loss.total) { $0 + $1 }
      meanLoss.add(mean: Double(value.value.scalar), count: batch.count)
      for (index, part) in loss.parts.enumerated() {
        means[index].add(mean: Double(part.value.scalar), count: batch.count)
        nonFinite[index] += predicted[index].value.nonFiniteRowCount
      }
      try objective.measure(predicted, expected, losses: loss.parts, weights: batch.weights)
      predictions.append(predicted.map(\.value))
      targets.append(expected)
      event.end(count: batch.count)
      try observe(event)
      event.begin()
    }
    let figures = Figures(loss: meanLoss.value, metrics: objective.metrics)
    let isAlone = objective.outputs.count == 1
    let evaluations = objective.outputs.enumerated().map { index, output in
      Evaluation(
        figures: isAlone ? figures : Figures(loss: means[index].value, of: index, objective),
        predicted: Tensor(concatenating: predictions.map { $0[index] }),
        expected: Tensor(concatenating: targets.map { $0[index] }), classes: output.classes,
        targetMeaning: output.meaning, outputMeaning: output.loss.outputMeaning, nonFiniteCount: nonFinite[index])
    }
    return OutputEvaluations(figures: figures, names: objective.outputs.map(\.name), outputs: evaluations)
  }
}

extension Figures {
  /// The figures of one output under their own names.
  fileprivate init(loss: Double, of output: Int, _ objective: Objective) {
    let own = objective.measured.filter { $0.output == output && !($0.metric is OutputLoss) }
    self.init(loss: loss, metrics: own.map { $0.metric.renamed($0.ownName) })
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
