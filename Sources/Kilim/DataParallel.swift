import Distributed
import Training

extension Distribution {
  /// The processes that `mpirun` has started, which share each batch; this process alone without `mpirun`.
  ///
  /// ```sh
  /// mpirun -n 4 my-program
  /// ```
  ///
  /// - Throws: `DistributedError` if MPI is missing, is of another kind, or cannot start.
  public static var dataParallel: Distribution { get throws { try dataParallel() } }

  /// The processes that `mpirun` has started, which share each batch.
  ///
  /// - Parameters:
  ///   - batchStatistics: which statistics `BatchNorm` uses in training.
  ///   - learningRateScaling: how the learning rate grows with the number of ranks; not at all by default.
  ///   - bucketSize: the size of the pieces in which gradients travel, in bytes.
  ///   - gradientPrecision: in which numbers gradients travel. `.bfloat16` needs half the bandwidth.
  /// - Throws: `DistributedError` if MPI is missing, is of another kind, or cannot start.
  public static func dataParallel(
    batchStatistics: BatchStatistics = .ofEachRank, learningRateScaling: LearningRateScaling? = nil,
    bucketSize: Int = defaultBucketSize, gradientPrecision: GradientPrecision = .float32
  ) throws -> Distribution {
    var distribution = Distribution(
      try Distributed.start(), batchStatistics: batchStatistics, bucketSize: bucketSize)
    distribution.learningRateScaling = learningRateScaling
    distribution.gradientPrecision = gradientPrecision
    return distribution
  }
}

extension ProcessGroup: TrainingGroup {
  package func beginSum(_ values: UnsafeMutableBufferPointer<Float>) throws -> any PendingExchange {
    let sum: PendingOperation = try beginSum(values)
    return sum
  }

  package func beginExchange(
    _ pieces: ExchangedPieces, isReturn: Bool, then follow: @escaping @Sendable () throws -> Void
  ) throws -> any PendingExchange {
    try beginExchange(
      pieces.source, pieces.sent, into: pieces.target, pieces.received, isReturn: isReturn, then: follow)
  }

  package func broadcast(_ bytes: [UInt8]) throws -> [UInt8] { try broadcast(bytes, from: 0) }
}

extension PendingOperation: PendingExchange {}
