import Tensor

/// Batches that a program makes one after the other, without an end or with one: from a simulation, a network, a file that is
/// too large for an index.
///
/// ```swift
/// let generator = try GeneratedBatches(
///   stepsPerEpoch: 100, batchSize: 32, target: String.self, targetNames: ["low", "high"],
///   rows: { epoch in
///     var random = RandomGenerator(seed: UInt64(epoch))
///     return {
///       let values = (0..<8).map { _ in Float(random.uniform()) }
///       return (values, values.reduce(0, +) > 4 ? "high" : "low")
///     }
///   })
/// try model.fit(generator, epochs: 3, loss: .categoricalCrossEntropy)
/// ```
///
/// An epoch has ``stepsPerEpoch`` batches, as with Keras's `steps_per_epoch`. Without that number an epoch ends where the generator
/// returns `nil`: it is called for each epoch, and epochs may have different lengths. The first epoch counts its examples, so the
/// progress has no total before its end. The generator decides about order and batch size: `shuffle` and `batchSize` of `fit` do not
/// matter. Batches are made on one thread, in their order, a few in advance.
///
/// **Continuing from a checkpoint.** A *repeatable* generator makes the same batches again for the same number of an epoch.
/// A training that continues in the middle of an epoch has it make the first batches again, and drops them, so the results are
/// those of an uninterrupted training. Only the first batch is compared with that of the checkpoint. A generator that is not
/// repeatable is called once, and each epoch takes its next batches; without ``stepsPerEpoch`` it is called for each epoch. A
/// training that continues with it has the model, the optimizer and the progress of the checkpoint, but goes on with the batches that
/// the generator makes now, and warns.
///
/// **Several processes.** Each has a generator that makes the same batches, and leaves out those that are another one's. Of a
/// generator that is not repeatable, nothing is compared. They need ``stepsPerEpoch``, and so do the stages of a fine-tuning.
public struct GeneratedBatches: Dataset {
  /// The number of batches in an epoch; `nil` if an epoch ends where the generator does.
  public let stepsPerEpoch: Int?
  /// The number of examples in a batch; without ``stepsPerEpoch``, the largest number.
  public let batchSize: Int
  /// Whether the generator makes the same batches again for the same epoch.
  public let isRepeatable: Bool
  /// The names of the inputs; empty if they have the order of the model's.
  public let inputNames: [String]
  /// The names of the targets; empty if they have the order of the model's outputs.
  public let targetNames: [String]
  /// What each of the targets means.
  public let targetMeanings: [TargetMeaning?]
  private let first: Batch
  private let source: BatchSource

  /// Takes a generator of batches. Makes the first one.
  ///
  /// - Parameters:
  ///   - stepsPerEpoch: the number of batches in an epoch; by default an epoch ends where the generator does.
  ///   - inputNames: the names of the inputs, if there are several.
  ///   - targetNames: the names of the targets, if there are several.
  ///   - targetMeanings: what each of the targets means; not said by default.
  ///   - isRepeatable: whether the generator makes the same batches again for the same epoch. Otherwise, with `stepsPerEpoch`, it
  ///     is called once.
  ///   - generate: begins an epoch, counted from 0 since the model was made, and returns what makes its next batch: `nil` at the
  ///     end. Called again for each epoch.
  /// - Throws: ``GeneratorError`` if there is no first batch, or it has no examples, weights that are negative or not finite, or
  ///   other numbers of names or meanings than of inputs and targets; and the errors of the generator.
  public init(
    stepsPerEpoch: Int? = nil, inputNames: [String] = [], targetNames: [String] = [],
    targetMeanings: [TargetMeaning?]? = nil,
    isRepeatable: Bool = true, generate: @escaping @Sendable (_ epoch: Int) throws -> () throws -> Batch?
  ) throws {
    if let stepsPerEpoch, stepsPerEpoch < 1 { throw GeneratorError.steps(stepsPerEpoch) }
    source = BatchSource(isRepeatable: isRepeatable, endsEpochs: stepsPerEpoch == nil, generate)
    guard let first = try source.peek() else { throw GeneratorError.empty }
    guard first.count >= 1 else { throw GeneratorError.noExamples(step: 0) }
    self.first = first
    self.stepsPerEpoch = stepsPerEpoch
    self.isRepeatable = isRepeatable
    self.inputNames = inputNames
    self.targetNames = targetNames
    batchSize = first.count
    self.targetMeanings = targetMeanings ?? first.allTargets.map { _ in nil }
    for (what, found, expected) in [
      ("input", inputNames.count, first.allInputs.count), ("target", targetNames.count, first.allTargets.count),
      ("target", self.targetMeanings.count, first.allTargets.count),
    ] where found != 0 && found != expected {
      throw GeneratorError.descriptions(what, found: found, expected: expected)
    }
    try check(first, step: 0)
  }

  /// Takes a generator of examples, each an input and its target. Makes the first batch.
  ///
  /// - Parameters:
  ///   - stepsPerEpoch: the number of batches in an epoch; by default an epoch ends where the generator does.
  ///   - batchSize: the number of examples in a batch. Without `stepsPerEpoch` the last one of an epoch may have fewer.
  ///   - target: the type of the targets, such as `String.self` for one class.
  ///   - names: the names of all classes, or of the numbers, in the order of the outputs. Classes need their names: an example
  ///     that comes later may have a new one.
  ///   - mode: the form of the targets in a batch, if each example has one class.
  ///   - isRepeatable: whether the generator makes the same examples again for the same epoch. Otherwise, with `stepsPerEpoch`, it
  ///     is called once.
  ///   - generate: begins an epoch and returns what makes its next example: `nil` at the end.
  /// - Throws: ``GeneratorError`` if there is no first batch; ``TargetValueError`` for targets that cannot be used; and the
  ///   errors of the generator.
  public init<Target: ExampleTarget>(
    stepsPerEpoch: Int? = nil, batchSize: Int, target: Target.Type, targetNames names: [String]? = nil,
    labelMode mode: LabelMode = .oneHot,
    isRepeatable: Bool = true,
    examples generate: @escaping @Sendable (_ epoch: Int) throws -> () throws -> (Tensor<Float>, Target)?
  ) throws {
    guard batchSize >= 1 else { throw DatasetError.batchSize(batchSize) }
    let meaning = Lock<TargetMeaning?>(nil)
    try self.init(stepsPerEpoch: stepsPerEpoch, isRepeatable: isRepeatable) { epoch in
      let next = try generate(epoch)
      var isOver = false
      return {
        var (inputs, targets): ([Tensor<Float>], [Target]) = ([], [])
        while inputs.count < batchSize, !isOver {
          guard let (input, target) = try next() else {
            isOver = true
            break
          }
          if let first = inputs.first, input.shape != first.shape {
            throw GeneratorError.shape(found: input.shape, expected: first.shape)
          }
          inputs.append(input)
          targets.append(target)
        }
        // `stepsPerEpoch` counts whole batches. Without it no example is left out.
        guard inputs.count == batchSize || (stepsPerEpoch == nil && !inputs.isEmpty) else { return nil }
        let collected = try Target.collect(targets, names: names)
        let expected = meaning.withLock { known in
          known = known ?? collected.meaning
          return known
        }
        guard collected.meaning == expected else {
          throw GeneratorError.meaning(collected.meaning, names: names != nil)
        }
        try mode.check(collected.meaning)
        return Batch(
          inputs: Tensor(stacking: inputs), targets: collected.tensor(of: Array(inputs.indices), mode: mode))
      }
    }
    if case .oneClass = meaning.withLock({ $0 }), names == nil { throw GeneratorError.namesNeeded }
    if case .severalClasses = meaning.withLock({ $0 }), names == nil { throw GeneratorError.namesNeeded }
    self = GeneratedBatches(self, batchSize: batchSize, targetMeanings: [meaning.withLock { $0 }])
  }

  /// Takes a generator of examples whose inputs are rows of numbers.
  ///
  /// - Throws: as the one of tensors.
  public init<Target: ExampleTarget>(
    stepsPerEpoch: Int? = nil, batchSize: Int, target: Target.Type, targetNames names: [String]? = nil,
    labelMode mode: LabelMode = .oneHot,
    isRepeatable: Bool = true,
    rows generate: @escaping @Sendable (_ epoch: Int) throws -> () throws -> ([Float], Target)?
  ) throws {
    try self.init(
      stepsPerEpoch: stepsPerEpoch, batchSize: batchSize, target: target, targetNames: names, labelMode: mode,
      isRepeatable: isRepeatable,
      examples: { epoch in
        let next = try generate(epoch)
        return { try next().map { (Tensor($0.0), $0.1) } }
      })
  }

  private init(_ other: GeneratedBatches, batchSize: Int, targetMeanings: [TargetMeaning?]) {
    (stepsPerEpoch, self.batchSize, isRepeatable) = (other.stepsPerEpoch, batchSize, other.isRepeatable)
    (inputNames, targetNames, self.targetMeanings) = (other.inputNames, other.targetNames, targetMeanings)
    (first, source) = (other.first, other.source)
  }

  /// The number of examples in an epoch; `Int.max` if it is not known.
  public var count: Int { stepsPerEpoch.map { saturatingProduct($0, batchSize) } ?? .max }
  /// The shape of the first input.
  public var inputShape: Shape { inputShapes[0] }
  /// The shape of each input.
  public var inputShapes: [Shape] { first.allInputs.map { Shape($0.shape.dropFirst()) } }
  /// What the targets of the first output mean.
  public var targetMeaning: TargetMeaning? { targetMeanings[0] }
  /// The names of the classes of the first output.
  public var classes: [String] { targetMeaning?.classes ?? [] }

  /// Some examples of the first batch.
  ///
  /// - Throws: ``GeneratorError/onlyInOrder`` for other examples.
  public func batch(_ indices: [Int]) throws -> Batch {
    guard indices.allSatisfy((0..<first.count).contains) else { throw GeneratorError.onlyInOrder }
    return first.selecting(indices)
  }

  /// XXH64 over the first batch of a repeatable generator; the other batches are not compared.
  public func checksum() throws -> UInt64 {
    guard isRepeatable else { return 0 }
    return try TensorDataset(inputs: first.allInputs, targets: first.allTargets, sampleWeights: first.weights?.scalars)
      .checksum()
  }

  /// The batches of an epoch, made on one thread.
  ///
  /// - Parameters:
  ///   - start: the number of the first batch.
  ///   - stride: the number of processes that share the epoch, each with every n-th batch.
  ///   - limit: the largest number of batches. None behind them is made.
  func batches(
    epoch: Int, startingAt start: Int, every stride: Int, atMost limit: Int,
    change: @escaping @Sendable (_ batch: Batch, _ step: Int) throws -> Batch
  ) -> BatchStream {
    let batches = source.reader(epoch: epoch)
    let length = stepsPerEpoch ?? .max
    // Where nothing can be made again, only the batches of other processes stand before the first: the rest is taken already.
    batches.skip(isRepeatable ? start : min(start % stride, length))
    let count = min(roundedUpQuotient(max(length - start, 0), stride), limit)
    return BatchStream(count: count, workers: 1) { [self] index in
      let step = start + index * stride
      guard let batch = try batches.next() else {
        try checkEnd(step: step, made: batches.made, start: start)
        return nil
      }
      // Those of the other processes, up to the end of the epoch.
      batches.skip(min(stride, length - step) - 1)
      try check(batch, step: step)
      return try change(batch, step)
    }
  }

  /// Throws unless the epoch may end before a step.
  ///
  /// - Parameters:
  ///   - made: the number of batches that the generator has made for the epoch.
  ///   - start: the number of batches that a checkpoint has behind it.
  private func checkEnd(step: Int, made: Int, start: Int) throws(GeneratorError) {
    if let stepsPerEpoch { throw .tooShort(found: step, expected: stepsPerEpoch) }
    guard made > 0 else { throw .empty }
    if isRepeatable, made < start { throw .endBeforeStart(found: made, expected: start) }
  }

  private func check(_ batch: Batch, step: Int) throws {
    let counts =
      (batch.allInputs + batch.allTargets).map { $0.shape.first ?? 0 } + (batch.weights.map { [$0.count] } ?? [])
    let count = stepsPerEpoch == nil && 1..<batchSize ~= batch.count ? batch.count : batchSize
    if let wrong = counts.first(where: { $0 != count }) {
      throw GeneratorError.batchSize(step: step, found: wrong, expected: count)
    }
    let shapes = batch.allInputs.map { Shape($0.shape.dropFirst()) }
    guard shapes == inputShapes else { throw GeneratorError.shapes(step: step, found: shapes, expected: inputShapes) }
    try checkSampleWeights(batch.weights?.scalars, count: count)
  }
}
