import Autograd
import Data
import NN
import Tensor

extension Layer {
  /// The output of the model for a batch of any size `[N, …]`, computed `batchSize` examples at a time.
  ///
  /// - Throws: ``FitError`` when the inputs have another shape than the model takes, or the model has several inputs or outputs;
  ///   and the errors of the callbacks.
  public func predict(
    _ inputs: Tensor<Float>, batchSize: Int = 32, callbacks: [any Callback] = []
  ) throws -> Tensor<Float> {
    try check(inputShape: Shape(inputs.shape.dropFirst()), count: inputs.shape.first ?? 0)
    return try predict([inputs], batchSize: batchSize, callbacks: callbacks)[0]
  }

  /// The outputs of the model for batches of any size `[N, …]`, one for each input, computed `batchSize` examples at a time.
  ///
  /// - Throws: ``FitError`` when the inputs are not as many as the model's, or have other shapes; `DatasetError` when they have
  ///   different numbers of examples; and the errors of the callbacks.
  public func predict(
    _ inputs: [Tensor<Float>], batchSize: Int = 32, callbacks: [any Callback] = []
  ) throws -> [Tensor<Float>] {
    let count = inputs.first?.shape.first ?? 0
    guard count >= 1 else { throw FitError.noExamples }
    _ = try inputOrder(names: [], shapes: inputs.map { Shape($0.shape.dropFirst()) })
    guard inputs.allSatisfy({ $0.shape.first == count }) else {
      let counts = inputs.enumerated().map { ("input \($0 + 1)", $1.shape.first ?? 0) }
      throw DatasetError.partsDiffer(Dictionary(uniqueKeysWithValues: counts))
    }
    guard batchSize >= 1 else { throw DatasetError.batchSize(batchSize) }
    try (self as? Model)?.checkLookUps(inputs)
    let starts = stride(from: 0, to: count, by: batchSize)
    var events = PredictionEvents(callbacks, exampleCount: count)
    try events.begin(self, batchCount: starts.underestimatedCount)
    let parts = try starts.enumerated().map { index, start in
      let rows = start..<Swift.min(start + batchSize, count)
      return try events.outputs(ofBatch: index, count: rows.count) {
        outputs(of: inputs.map { Variable($0.slice(rows, axis: 0)) }, Context(.inference)).map(\.value)
      }
    }
    try events.end()
    return (0..<outputCount).map { output in Tensor(concatenating: parts.map { $0[output] }) }
  }

  /// The output of the model for all examples of a data set, in their order.
  ///
  /// The data set must have the inputs and the preprocessing of the model. Its targets and class names do not matter.
  ///
  /// - Parameters:
  ///   - dataset: the examples.
  ///   - batchSize: the number of examples that are computed at a time.
  ///   - distribution: the processes that share the work, each with the same model and data. The result is on each of them, with
  ///     the bits of one process.
  ///   - callbacks: hear of the prediction. Of several processes, those of rank 0 hear of the batches that rank 0 computes.
  /// - Throws: ``FitError`` when the inputs have other names, shapes or preprocessing than those of the model, or the model has
  ///   several outputs; ``DistributionError`` if a rank has another model or other data, or fails; and the errors of the callbacks.
  public func predict(
    _ dataset: any Dataset, batchSize: Int = 32, distribution: Distribution? = nil, callbacks: [any Callback] = []
  ) throws -> Tensor<Float> {
    func prepare() throws { guard outputCount == 1 else { throw FitError.severalOutputs(namesOfOutputs) } }
    try distribution?.together(prepare) ?? prepare()
    return try predictOutputs(dataset, batchSize: batchSize, distribution: distribution, callbacks: callbacks)[0]
  }

  /// Each output of the model for all examples of a data set, in their order.
  ///
  /// - Throws: as ``predict(_:batchSize:distribution:callbacks:)``, but for several outputs.
  public func predictOutputs(
    _ dataset: any Dataset, batchSize: Int = 32, distribution: Distribution? = nil, callbacks: [any Callback] = []
  ) throws -> [Tensor<Float>] {
    func prepare() throws -> [Int] {
      guard dataset.count >= 1 else { throw FitError.noExamples }
      return try inputOrder(names: dataset.inputNames, shapes: dataset.inputShapes)
    }
    let order = try distribution?.together(prepare) ?? prepare()
    return try predictOutputs(dataset, batchSize: batchSize, distribution, callbacks) { batch in
      let inputs = try batch.inputs(inOrder: order)
      try (self as? Model)?.checkLookUps(inputs)
      return outputs(of: inputs.map { Variable($0) }, Context(.inference)).map(\.value)
    }
  }

  /// The outputs for the batches of a data set whose inputs are checked already.
  func predictOutputs(
    _ dataset: any Dataset, batchSize: Int, _ distribution: Distribution?, _ callbacks: [any Callback],
    compute: (Batch) throws -> [Tensor<Float>]
  ) throws -> [Tensor<Float>] {
    func prepare() throws -> BatchLoader {
      try checkMemory(batchSize: min(batchSize, dataset.count), inputShapes: dataset.inputShapes, isTraining: false)
      try DataMeaning(dataset, "the data").checkInputs(against: DataMeaning(self))
      return try BatchLoader(dataset, batchSize: batchSize, shuffle: false)
    }
    let loader = try distribution?.together(prepare) ?? prepare()
    try distribution?.requireSame(self, on: dataset, batchSize: batchSize)
    let part = distribution?.part ?? .whole
    var events = PredictionEvents(distribution?.isLeader ?? true ? callbacks : [], exampleCount: dataset.count)
    func predictOwn() throws -> [StepValues] {
      try events.begin(self, batchCount: loader.batchCount)
      let batches = loader.batches(epoch: 0, startingAt: part.index, every: part.count)
      var predictions: [StepValues] = []
      while let batch = try batches.next() {
        let index = part.index + predictions.count * part.count
        let predicted = try events.outputs(ofBatch: index, count: batch.count) { try compute(batch) }
        predictions.append(StepValues(count: batch.count, loss: 0, parts: [], predicted: predicted, expected: []))
      }
      try events.end()
      return predictions
    }
    let parts = try distribution?.gather(predictOwn, batchCount: loader.batchCount) ?? predictOwn()
    return (0..<outputCount).map { output in Tensor(concatenating: parts.map { $0.predicted[output] }) }
  }

  /// Throws unless there are examples of the shape that the model takes, and the model has one input and one output.
  func check(inputShape: Shape, count: Int) throws {
    guard count >= 1 else { throw FitError.noExamples }
    let inputs = namesOfInputs.count
    guard inputs == 1, outputCount == 1 else { throw FitError.severalValues(inputs: inputs, outputs: outputCount) }
    if let expected = (self as? Model)?.inputShape, expected != inputShape {
      throw FitError.inputShape(found: inputShape, expected: expected)
    }
  }
}
