import Autograd
import Data
import NN
import Tensor

extension Layer {
  /// Measures the model on a data set, in inference mode.
  ///
  /// Examples count in the loss as the data set weighs them, and in the weighted metrics.
  ///
  /// All figures are those of the probabilities that ``NN/Model/classify(_:views:)`` gives: with the temperature of the model's
  /// `confidence`, if it has one, and with several `views` of each photo the mean over the views.
  ///
  /// - Parameters:
  ///   - dataset: the examples. Its classes and preprocessing must be those of the model, if the model has them.
  ///   - batchSize: the number of examples that are computed at a time.
  ///   - loss: the loss to measure. Metrics of numbers are measured in the units of the numbers, the loss on
  ///     standardized numbers if they are standardized.
  ///   - metrics: the metrics to measure in addition. The default depends on the loss: the accuracy for classes, the
  ///     accuracy of each answer (``BinaryAccuracy``) for several yes-or-no outputs, none for regression.
  ///   - weightedMetrics: the metrics in which examples count as the data set weighs them.
  ///   - views: the views of each photo, for a model with one input and one output. Each costs as much as the photo alone.
  ///   - distribution: the processes that share the work, each with the same model and data. The result has the same bits on each
  ///     of them, and as in one process.
  ///   - callbacks: hear of the evaluation; of several processes, those of rank 0.
  /// - Throws: ``FitError`` or `TargetError` if data, model, loss and metrics do not fit together; ``ConfidenceError``
  ///   if the model's `confidence` is damaged; ``DistributionError`` if a rank has another model or other data, or
  ///   fails; and the errors of the data set and the callbacks.
  public func evaluate(
    _ dataset: any Dataset, batchSize: Int = 32, loss: any Loss, metrics: [any Metric]? = nil,
    weightedMetrics: [any WeightedMetric] = [], views: TestViews = .single, distribution: Distribution? = nil,
    callbacks: [any Callback] = []
  ) throws -> Evaluation {
    try evaluate(
      dataset, batchSize: batchSize, Goals(loss: loss, metrics: metrics, weightedMetrics: weightedMetrics),
      views, distribution, callbacks
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
  ///   - distribution: the processes that share the work.
  ///   - callbacks: hear of the evaluation; of several processes, those of rank 0.
  /// - Throws: as ``evaluate(_:batchSize:loss:metrics:weightedMetrics:views:distribution:callbacks:)``.
  public func evaluate(
    _ dataset: any Dataset, batchSize: Int = 32, losses: PerOutput<any Loss>, lossWeights: PerOutput<Float>? = nil,
    metrics: PerOutput<[any Metric]>? = nil, weightedMetrics: PerOutput<[any WeightedMetric]>? = nil,
    distribution: Distribution? = nil, callbacks: [any Callback] = []
  ) throws -> OutputEvaluations {
    try evaluate(
      dataset, batchSize: batchSize,
      Goals(losses: losses, lossWeights: lossWeights, metrics: metrics, weightedMetrics: weightedMetrics),
      .single, distribution, callbacks)
  }

  private func evaluate(
    _ dataset: any Dataset, batchSize: Int, _ goals: Goals, _ views: TestViews, _ distribution: Distribution?,
    _ callbacks: [any Callback]
  ) throws -> OutputEvaluations {
    func prepare() throws -> Objective {
      if views != .single {
        try check(inputShape: dataset.inputShape, count: dataset.count)
        try views.check(self)
      }
      _ = try wiring(for: dataset, goals)
      try checkMemory(batchSize: min(batchSize, dataset.count), inputShapes: dataset.inputShapes, isTraining: false)
      try DataMeaning(dataset, "the data").check(against: DataMeaning(self))
      return try self.objective(goals, dataset)
    }
    let objective = try distribution?.together(prepare) ?? prepare()
    try distribution?.requireSame(self, on: dataset, batchSize: batchSize)
    let callbacks = distribution?.isLeader ?? true ? callbacks : []
    func announce(_ event: (any Callback) throws -> Void) throws {
      func tell() throws { for callback in callbacks { try event(callback) } }
      try distribution?.onLeader(tell) ?? tell()
    }
    let batchCount = try BatchLoader(dataset, batchSize: batchSize, shuffle: false).batchCount
    let start = InferenceStart(model: self, exampleCount: dataset.count, batchCount: batchCount)
    try announce { try $0.evaluationBegan(start) }
    let evaluation = try measure(dataset, batchSize: batchSize, objective, views, distribution) { event in
      let batch = InferenceBatch(batch: event.batch, examples: event.examples, exampleCount: dataset.count)
      for callback in callbacks {
        switch event.kind {
        case .batchBegan: try callback.evaluationBatchBegan(batch)
        case .batchEnded: try callback.evaluationBatchEnded(batch)
        }
      }
    }
    try announce { try $0.evaluationEnded(evaluation) }
    return evaluation
  }

  /// The results for data that was checked already.
  ///
  /// - Parameters:
  ///   - views: the views of each photo; several need one input and one output.
  ///   - distribution: the processes that share the work: rank r of R computes every R-th batch from batch r on.
  ///   - observe: called before and after each batch.
  func measure(
    _ dataset: any Dataset, batchSize: Int, _ objective: Objective, _ views: TestViews = .single,
    _ distribution: Distribution? = nil, observe: (EvaluationEvent) throws -> Void = { _ in }
  ) throws -> OutputEvaluations {
    let part = distribution?.part ?? .whole
    let loader = try BatchLoader(dataset, batchSize: batchSize, shuffle: false)
    let penalty = penalty(Context(.inference))
    let isAlone = objective.outputs.count == 1
    let temperature = try isAlone ? (self as? Model)?.checkedConfidence()?.temperature ?? 1 : 1
    var event = EvaluationEvent()
    func measureOwn() throws -> [StepValues] {
      let batches = loader.batches(epoch: 0, startingAt: part.index, every: part.count)
      var measured: [StepValues] = []
      while let batch = try batches.next() {
        try observe(event)
        measured.append(try values(of: batch, objective, views, temperature, penalty))
        // Those of the other ranks are about as far.
        let group = event.batch..<min(event.batch + part.count, loader.batchCount)
        for index in group {
          if index > group.lowerBound { try observe(event) }
          event.end(count: part == .whole ? batch.count : loader.exampleCount(ofBatch: index))
          try observe(event)
          event.begin()
        }
      }
      return measured
    }
    let measured = try distribution?.gather(measureOwn, batchCount: loader.batchCount) ?? measureOwn()
    return try results(of: measured, objective, temperature)
  }

  /// The loss of a batch in inference, and what the metrics need of it.
  private func values(
    of batch: Batch, _ objective: Objective, _ views: TestViews, _ temperature: Double, _ penalty: Variable<Float>?
  ) throws -> StepValues {
    let context = Context(.inference)
    let inputs = try objective.wiring.inputs(of: batch)
    try (self as? Model)?.checkLookUps(inputs)
    let expected = try objective.wiring.targets(of: batch)
    // The output with its logits, so that the loss is the same as in training. A mean over views has none.
    let predicted =
      views == .single && temperature == 1
      ? outputs(of: inputs.map { Variable($0) }, context)
      : [Variable(try views.output(of: self, inputs[0], objective.outputs[0].loss.outputMeaning, temperature))]
    let loss = try objective.loss(predicted, expected, weights: batch.weights)
    let penalties = [penalty, context.takePenalty()].compactMap(\.self)
    let total = penalties.reduce(loss.total) { $0 + $1 }
    return StepValues(
      count: batch.count, loss: Double(total.value.scalar), parts: loss.parts.map { Double($0.value.scalar) },
      predicted: predicted.map(\.value), expected: expected, weights: batch.weights)
  }

  /// The figures over all batches.
  private func results(
    of batches: [StepValues], _ objective: Objective, _ temperature: Double
  ) throws -> OutputEvaluations {
    var objective = objective
    objective.reset()
    var (meanLoss, means) = (RunningMean(), objective.outputs.map { _ in RunningMean() })
    for batch in batches {
      meanLoss.add(mean: batch.loss, count: batch.count)
      for (index, part) in batch.parts.enumerated() { means[index].add(mean: part, count: batch.count) }
      try objective.measure(batch)
    }
    let figures = Figures(loss: meanLoss.value, metrics: objective.metrics)
    let isAlone = objective.outputs.count == 1
    let evaluations = objective.outputs.enumerated().map { index, output in
      let predicted = Tensor(concatenating: batches.map { $0.predicted[index] })
      return Evaluation(
        figures: isAlone ? figures : Figures(loss: means[index].value, of: index, objective),
        predicted: predicted, expected: Tensor(concatenating: batches.map { $0.expected[index] }),
        classes: output.classes, targetMeaning: output.meaning, outputMeaning: output.loss.outputMeaning,
        nonFiniteCount: predicted.nonFiniteRowCount, temperature: temperature)
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
  package var nonFiniteRowCount: Int {
    guard count > 0, !sum().scalar.isFinite else { return 0 }
    let size = count / shape[0]
    let values = scalars
    return (0..<shape[0]).count { row in values[row * size..<(row + 1) * size].contains { !$0.isFinite } }
  }
}
