import Tensor

/// Divides a data set into batches, epoch by epoch, and prepares them in advance.
///
/// ```swift
/// let loader = try BatchLoader(train, batchSize: 32, seed: 7, augmentation: .standard)
/// for epoch in 0..<20 {
///   let batches = loader.batches(epoch: epoch)
///   while let batch = try batches.next() { … }
/// }
/// ```
///
/// The batches of an epoch depend only on the data, the seed and the number of the epoch, not on the number of threads. At
/// most `workers + 1` batches are ready at a time.
public struct BatchLoader: Sendable {
  /// The examples.
  public let dataset: any Dataset
  /// The number of examples in a batch; the last one of an epoch may have fewer. ``GeneratedBatches`` decide about it.
  public let batchSize: Int
  /// Whether each epoch has a random order.
  public let shuffle: Bool
  /// The seed of the orders and the augmentation.
  public let seed: UInt64
  /// The random changes of the inputs, which must be photos.
  public let augmentation: Augmentation?
  /// How the examples of a batch are mixed with each other; `nil` for not at all.
  public let mixing: BatchMixing?
  /// The number of threads that make batches, each one batch at a time.
  public let workers: Int
  /// The part of each batch that is made. Which examples are in a batch does not depend on it.
  package var part = BatchPart.whole
  /// The weights of all examples, if the data set has some.
  private let sampleWeights: [Float]?

  /// Makes a loader.
  ///
  /// - Parameters:
  ///   - dataset: the examples.
  ///   - batchSize: the number of examples in a batch.
  ///   - shuffle: whether each epoch has a random order.
  ///   - seed: the seed of the orders and the augmentation.
  ///   - augmentation: the random changes of the inputs, which must be photos.
  ///   - mixing: how the examples of a batch are mixed with each other; not at all by default.
  ///   - workers: the number of threads that make batches; as many as `parallelFor` uses unless given.
  /// - Throws: ``DatasetError`` when `batchSize` or `workers` is below 1, or the data set has weights that are negative, not
  ///   finite or not as many as examples.
  public init(
    _ dataset: any Dataset, batchSize: Int, shuffle: Bool = true, seed: UInt64 = 0, augmentation: Augmentation? = nil,
    mixing: BatchMixing? = nil, workers: Int? = nil
  ) throws(DatasetError) {
    let workers = workers ?? Threads.count
    guard batchSize >= 1 else { throw .batchSize(batchSize) }
    guard workers >= 1 else { throw .workers(workers) }
    sampleWeights = dataset.sampleWeights
    try checkSampleWeights(sampleWeights, count: dataset.count)
    self.dataset = dataset
    self.batchSize = (dataset as? GeneratedBatches)?.batchSize ?? batchSize
    self.shuffle = shuffle
    self.seed = seed
    self.augmentation = augmentation
    self.mixing = mixing
    self.workers = workers
  }

  /// The number of batches in an epoch; `Int.max` where it is not known, as for ``GeneratedBatches`` without `stepsPerEpoch`.
  public var batchCount: Int {
    if let generator = dataset as? GeneratedBatches { return generator.stepsPerEpoch ?? .max }
    return roundedUpQuotient(dataset.count, batchSize)
  }

  /// The number of examples in a batch, all parts together.
  package func exampleCount(ofBatch index: Int) -> Int {
    Swift.min(batchSize, dataset.count - index * batchSize)
  }

  /// The numbers of the examples in the order of an epoch.
  public func order(epoch: Int) -> [Int] {
    guard shuffle else { return Array(0..<dataset.count) }
    // A stream that nothing else takes: weights, dropout and augmentation of the same seed have others.
    var generator = RandomGenerator(seed: seed, stream: 1 << 62 | UInt64(epoch))
    return generator.permutation(of: dataset.count)
  }

  /// The batches of an epoch, numbered from 0. Work on them begins at once.
  ///
  /// - Parameters:
  ///   - epoch: the number of the epoch.
  ///   - first: the number of the batch to begin with; those before it are not made.
  public func batches(epoch: Int, startingAt first: Int = 0) -> BatchStream {
    batches(epoch: epoch, startingAt: first, every: 1)
  }

  /// Every n-th batch of an epoch, from the first one on.
  ///
  /// - Parameter limit: the largest number of batches. None behind them is made.
  package func batches(
    epoch: Int, startingAt first: Int = 0, every stride: Int, atMost limit: Int = .max
  ) -> BatchStream {
    let changes = augmentation.map { EpochChanges($0, seed: seed, epoch: epoch) }
    if let generator = dataset as? GeneratedBatches {
      return generator.batches(epoch: epoch, startingAt: first, every: stride, atMost: limit) { [self] batch, step in
        let own = part.range(of: batch.count)
        let batch = part == .whole ? batch : batch.selecting(Array(own))
        let examples = own.map { step * batchSize + $0 }
        return try mixed(changes?.apply(to: batch, examples: examples) ?? batch, step: step, epoch: epoch)
      }
    }
    let order = order(epoch: epoch)
    let count = min(roundedUpQuotient(max(batchCount - first, 0), stride), limit)
    return BatchStream(count: count, workers: workers) { [self] index in
      let step = first + index * stride
      let start = step * batchSize
      let examples = Array(order[start..<start + exampleCount(ofBatch: step)][offset: part])
      // No data set needs to know how to make an empty batch.
      guard !examples.isEmpty else { return try dataset.checkedBatch([order[start]]).selecting([]) }
      var batch = try dataset.checkedBatch(examples, changedBy: changes)
      // A data set of a program may say its weights and leave them out of its batches.
      if batch.weights == nil { batch.weights = sampleWeights.tensor(of: examples) }
      return try mixed(batch, step: step, epoch: epoch)
    }
  }

  private func mixed(_ batch: Batch, step: Int, epoch: Int) throws -> Batch {
    try mixing.map { try $0(batch, index: step, epoch: epoch, seed: seed) } ?? batch
  }
}

extension ArraySlice {
  /// The elements of one part of a batch.
  fileprivate subscript(offset part: BatchPart) -> ArraySlice {
    let own = part.range(of: count)
    return self[startIndex + own.lowerBound..<startIndex + own.upperBound]
  }
}
