import Data
import Serialization

/// How a training is shared by several processes, each of which computes a part of every batch.
///
/// ```swift
/// try model.fit(train, epochs: 10, batchSize: 256, loss: .categoricalCrossEntropy, distribution: .dataParallel)
/// ```
///
/// `.dataParallel` comes with `Kilim`: the processes are those that `mpirun` has started, and this one alone without
/// it.
///
/// **What is the same on all ranks.** All ranks run the same program with the same data and arguments. Rank 0 gives its
/// weights, running statistics and optimizer to the others when the training begins or continues. `batchSize` counts
/// the examples of a step on all ranks together; rank r of R computes the examples N r / R to N (r + 1) / R of a batch
/// of N, which may be none of the last one. Gradients are means over all examples of the batch, so steps, figures,
/// decisions and the history are the same on each rank.
///
/// **What rank 0 does alone.** Callbacks, checkpoints and progress are those of rank 0. If a callback changes the
/// weights, which of them are trained, the learning rate or the course of the training, the other ranks follow.
///
/// **Random numbers.** The order of the examples and the augmentation are those of one process. Dropout differs by
/// rank. Mixed batches (`mixing`) are mixed within the part of a rank. The same number of ranks gives the same bits,
/// run after run.
public struct Distribution: Sendable {
  /// Which statistics `BatchNorm` uses in training.
  public enum BatchStatistics: String, Hashable, Codable, Sendable {
    /// Those of the rank's own part of a batch, as is usual. The running statistics are averaged over the ranks at the
    /// end of each epoch.
    case ofEachRank
    /// Those of the whole batch: the training is that of one process. Costs two small exchanges for each such layer in
    /// a step.
    case ofAllRanks
  }

  /// The number format in which gradients are sent.
  public enum GradientPrecision: String, Hashable, Codable, CaseIterable, Sendable {
    /// 32-bit floats, without rounding.
    case float32
    /// 16-bit floats with 8 significant bits: half the bytes. The rounding error of a gradient is added to the gradient
    /// of the next step, so that over many steps nothing is lost. For this, each rank keeps a number for each
    /// parameter, also in checkpoints.
    case bfloat16
  }

  /// Which statistics `BatchNorm` uses in training.
  public var batchStatistics: BatchStatistics
  /// How the learning rate grows with the number of ranks; `nil`, the default, for not at all.
  public var learningRateScaling: LearningRateScaling?
  /// A file that rank 0 writes at the end of `fit`, with what each rank did in some of the first steps and when its
  /// gradients travelled, for `chrome://tracing` and Perfetto; `nil`, the default, for none.
  public var timeline: String?
  /// The size of the pieces in which gradients travel, in bytes: a piece is on its way as soon as its gradients are
  /// there.
  public var bucketSize: Int
  /// The number format in which gradients are sent.
  public var gradientPrecision = GradientPrecision.float32

  package let group: any TrainingGroup

  package init(
    _ group: any TrainingGroup, batchStatistics: BatchStatistics = .ofEachRank, bucketSize: Int = defaultBucketSize
  ) {
    self.group = group
    self.batchStatistics = batchStatistics
    self.bucketSize = bucketSize
  }

  /// Multiplies the learning rate by the number of ranks, for batches that grow with it (Goyal et al. 2017, "Accurate,
  /// Large Minibatch SGD", section 2).
  ///
  /// With R ranks, the rate of step t is that of the optimizer times 1 + (R - 1) min(1, t / warmUpSteps), where t
  /// counts the steps of the optimizer.
  public struct LearningRateScaling: Hashable, Codable, Sendable {
    /// The number of steps in which the factor grows from 1 to the number of ranks; 0 for the whole factor from the
    /// first step on.
    public var warmUpSteps: Int

    /// Makes the scaling.
    public init(warmUpSteps: Int = 500) {
      self.warmUpSteps = warmUpSteps
    }

    /// The factor on the rate of a step.
    func factor(step: Int, ranks: Int) -> Double {
      1 + Double(ranks - 1) * (warmUpSteps > 0 ? min(1, Double(step) / Double(warmUpSteps)) : 1)
    }
  }

  /// 1 MiB: large enough for the full speed of a network, small enough that the first one leaves early and the last one
  /// soon arrives.
  public static let defaultBucketSize = 1 << 20

  /// The number of this process, from 0.
  public var rank: Int { group.rank }
  /// The number of processes.
  public var size: Int { group.size }
  /// The names of the machines, by rank.
  public var hosts: [String] { group.hosts }
  /// The part of each batch that this process computes.
  var part: BatchPart { BatchPart(index: rank, count: size) }
  /// Whether this process is rank 0, which writes files and shows progress.
  public var isLeader: Bool { group.rank == 0 }
}

extension Distribution {
  /// Runs something on rank 0, and gives its result to all ranks.
  ///
  /// - Throws: the error of `body` on rank 0, and ``DistributionError/rank(_:host:reason:)`` on the others.
  func lead<Value: Codable>(_ body: () throws -> Value) throws -> Value {
    guard size > 1 else { return try body() }
    return try leadersState {
      var state = SavedState()
      try state.set(body(), for: "value")
      return state
    }.value(for: "value")
  }

  /// Runs something on rank 0 that has no result.
  func onLeader(_ body: () throws -> Void) throws {
    _ = try lead {
      try body()
      return true
    }
  }

  /// Runs something on each rank, and throws on all of them if it fails on one.
  func together<Value>(_ body: () throws -> Value) throws -> Value {
    let own = Result { try body() }
    _ = try states {
      _ = try own.get()
      return SavedState()
    }
    return try own.get()
  }

  /// A state of each rank, by rank, on all of them.
  ///
  /// - Throws: on all ranks, if `own` does on one.
  func states(_ own: () throws -> SavedState) throws -> [SavedState] {
    let own = Result { try own() }
    guard size > 1 else { return [try own.get()] }
    let all = try group.allGather(SavedState(own) { $0 }.bytes()).map { try SavedState(bytes: $0) }
    _ = try own.get()
    for (rank, state) in all.enumerated() { try throwError(in: state, of: rank) }
    return all
  }

  /// Throws what a rank has failed with, if its message says so.
  private func throwError(in message: SavedState, of rank: Int) throws {
    guard message.has(SavedState.error) else { return }
    throw DistributionError.rank(rank, host: hosts[rank], reason: try message.value(for: SavedState.error))
  }

  /// Rank 0's state, on all ranks.
  ///
  /// - Throws: the error of `state` on rank 0, and ``DistributionError/rank(_:host:reason:)`` on the others.
  func leadersState(_ state: () throws -> SavedState) throws -> SavedState {
    guard size > 1 else { return try state() }
    let own = isLeader ? Result { try state() } : nil
    let message = try own.map { try SavedState($0) { $0 } }
    let received = try SavedState(bytes: group.broadcast(message?.bytes() ?? []))
    if let own { return try own.get() }
    try throwError(in: received, of: 0)
    return received
  }
}

extension SavedState {
  /// The name of an error in a message.
  fileprivate static let error = "error"

  /// A message with a result, or with the error instead of it.
  fileprivate init<Value>(_ result: Result<Value, any Error>, _ make: (Value) throws -> SavedState) throws {
    self.init()
    switch result {
    case .success(let value): self = try make(value)
    case .failure(let error): try set("\(error)", for: Self.error)
    }
  }
}
