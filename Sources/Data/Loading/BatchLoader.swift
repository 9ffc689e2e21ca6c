import Tensor

/// Cuts a data set into batches, epoch by epoch, and prepares them ahead of their use.
///
/// ```swift
/// let loader = try BatchLoader(train, batchSize: 32, seed: 7, augmentation: .standard)
/// for epoch in 0..<20 {
///   let batches = loader.batches(epoch: epoch)
///   while let batch = try batches.next() { … }
/// }
/// ```
///
/// What an epoch contains depends on the data, the seed and the number of the epoch alone.
public struct BatchLoader: Sendable {
  /// The examples.
  public let dataset: any Dataset
  /// The number of examples in a batch; the last one of an epoch may have fewer.
  public let batchSize: Int
  /// Whether each epoch has an order of its own.
  public let shuffle: Bool
  /// Decides on the orders and the augmentation.
  public let seed: UInt64
  /// What is changed at random in the inputs, which must be photos.
  public let augmentation: Augmentation?

  /// How many batches may wait for use, the one in the making included.
  private static let lookAhead = 2

  /// Makes a loader.
  ///
  /// - Throws: ``DatasetError`` when `batchSize` is below 1.
  public init(
    _ dataset: any Dataset, batchSize: Int, shuffle: Bool = true, seed: UInt64 = 0, augmentation: Augmentation? = nil
  ) throws(DatasetError) {
    guard batchSize >= 1 else { throw .batchSize(batchSize) }
    self.dataset = dataset
    self.batchSize = batchSize
    self.shuffle = shuffle
    self.seed = seed
    self.augmentation = augmentation
  }

  /// The number of batches in an epoch.
  public var batchCount: Int { dataset.count / batchSize + (dataset.count % batchSize > 0 ? 1 : 0) }

  /// The numbers of the examples in the order of an epoch.
  public func order(epoch: Int) -> [Int] {
    guard shuffle else { return Array(0..<dataset.count) }
    var generator = RandomGenerator(seed: seed, stream: UInt64(epoch))
    return generator.permutation(of: dataset.count)
  }

  /// The batches of an epoch, numbered from 0. Work on them begins at once.
  public func batches(epoch: Int) -> BatchStream {
    let order = order(epoch: epoch)
    return BatchStream(count: batchCount, lookAhead: Self.lookAhead) { [self] index in
      let start = index * batchSize
      let examples = Array(order[start..<min(start + batchSize, order.count)])
      let batch = try dataset.batch(examples)
      return augmentation?.apply(to: batch, examples: examples, seed: seed, epoch: epoch) ?? batch
    }
  }
}
