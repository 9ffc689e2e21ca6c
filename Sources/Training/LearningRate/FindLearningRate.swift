import Autograd
import Data
import NN
import Optim
import Tensor

extension Layer {
  /// Trains for some steps while the learning rate grows exponentially, and measures the loss of each step, to find a good
  /// learning rate before a training.
  ///
  /// The rate of step i is `lowest (highest / lowest)^(i / steps)`, as in fastai's `lr_find`. The search ends early when the
  /// loss diverges. Afterwards the model, the optimizer and `trainedEpochs` are exactly as they were, also after an error.
  ///
  /// ```swift
  /// let search = try model.findLearningRate(train, loss: .categoricalCrossEntropy)
  /// try search.chart().write(to: "rates.png")
  /// try model.fit(train, epochs: 20, optimizer: Adam(learningRate: search.suggestion ?? 1e-3), loss: .categoricalCrossEntropy)
  /// ```
  ///
  /// - Parameters:
  ///   - train: the training data.
  ///   - lowest: the learning rate of the first step, above 0.
  ///   - highest: what the rate grows to.
  ///   - steps: the number of steps, at least 1. Fewer than 20 leave too little to suggest a rate.
  ///   - batchSize: the number of examples in a step.
  ///   - optimizer: how gradients change the weights. It begins as a new one; its own learning rate is not used.
  ///   - loss: the loss to minimize.
  ///   - seed: decides the order of the examples, the augmentation and the dropout.
  ///   - augmentation: the random changes of the photos.
  ///   - mixing: how examples are mixed.
  /// - Throws: ``LearningRateSearchError`` for a number out of its range; ``FitError``, `TargetError` or `UpdateOptionsError`
  ///   if data, model, loss and optimizer do not fit together; and the errors of the data set.
  public func findLearningRate(
    _ train: any Dataset, from lowest: Double = 1e-7, to highest: Double = 10, steps: Int = 100, batchSize: Int = 32,
    optimizer: any Optimizer = Adam(), loss: any Loss, seed: UInt64 = 0, augmentation: Augmentation? = nil,
    mixing: BatchMixing? = nil
  ) throws -> LearningRateSearch {
    try findLearningRate(
      train, lowest, highest, steps, batchSize, optimizer, Goals(loss: loss, metrics: []), seed, augmentation, mixing)
  }

  /// The same for a model with several outputs: the loss is the sum of the losses, each times its weight.
  ///
  /// - Parameters:
  ///   - train: the training data, with targets for each output.
  ///   - losses: the loss of each output.
  ///   - lossWeights: how much each loss counts in the sum; 1 by default. The other parameters are those for one output.
  /// - Throws: as for one output, and ``FitError`` if inputs, targets, losses or weights do not belong to the model's inputs and
  ///   outputs.
  public func findLearningRate(
    _ train: any Dataset, from lowest: Double = 1e-7, to highest: Double = 10, steps: Int = 100, batchSize: Int = 32,
    optimizer: any Optimizer = Adam(), losses: PerOutput<any Loss>, lossWeights: PerOutput<Float>? = nil,
    seed: UInt64 = 0, augmentation: Augmentation? = nil, mixing: BatchMixing? = nil
  ) throws -> LearningRateSearch {
    let goals = Goals(losses: losses, lossWeights: lossWeights, metrics: nil, weightedMetrics: nil)
    return try findLearningRate(
      train, lowest, highest, steps, batchSize, optimizer, goals, seed, augmentation, mixing)
  }

  private func findLearningRate(
    _ train: any Dataset, _ lowest: Double, _ highest: Double, _ steps: Int, _ batchSize: Int,
    _ optimizer: any Optimizer, _ goals: Goals, _ seed: UInt64, _ augmentation: Augmentation?, _ mixing: BatchMixing?
  ) throws -> LearningRateSearch {
    guard lowest > 0, highest > lowest, highest.isFinite else {
      throw LearningRateSearchError(
        description: "learning rates from \(lowest) to \(highest): the first must be above 0 and below the second")
    }
    guard (1...1_000_000).contains(steps) else {
      throw LearningRateSearchError(description: "\(steps) steps; 1 to 1000000 are needed")
    }
    _ = try wiring(for: train, goals)
    try checkMemory(batchSize: min(batchSize, train.count), inputShapes: train.inputShapes, isTraining: true)
    try DataMeaning(train, "the training data").check(against: DataMeaning(self))
    let objective = try objective(goals, train)
    for output in objective.outputs { try mixing?.check(output.loss) }
    try optimizer.check(namedParameters)
    let loader = try BatchLoader(
      train, batchSize: batchSize, seed: seed, augmentation: augmentation, mixing: mixing)

    let (parameters, buffers) = (parameters.map { ($0, $0.value) }, namedBuffers.map { ($0.buffer, $0.buffer.value) })
    let (state, schedule) = (optimizer.state, optimizer.learningRate)
    defer {
      for (parameter, value) in parameters { parameter.value = value }
      for (buffer, value) in buffers { buffer.value = value }
      (optimizer.state, optimizer.learningRate) = (state, schedule)
    }
    optimizer.state = OptimizerState()
    optimizer.learningRate = .exponential(from: lowest, steps: steps, factor: highest / lowest)
    return try search(
      TrainingStep(model: self, optimizer: optimizer, objective: objective, classWeights: nil, seed: seed), loader,
      steps)
  }

  private func search(_ step: TrainingStep, _ loader: BatchLoader, _ steps: Int) throws -> LearningRateSearch {
    var search = LearningRateSearch(steps: steps)
    var epoch = 0
    while true {
      step.beginEpoch(epoch)
      let batches = loader.batches(epoch: epoch, every: 1, atMost: steps - search.rates.count)
      while let batch = try batches.next() {
        let rate = step.optimizer.learningRate.rate(at: step.optimizer.stepCount)
        let goesOn = search.add(rate: rate, loss: try step.train(on: batch, of: batch.count))
        if !goesOn || search.rates.count == steps { return search }
      }
      epoch += 1
    }
  }
}
