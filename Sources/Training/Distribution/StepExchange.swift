import Autograd
import Data
import NN
import Tensor

/// What the ranks of a training exchange in each step.
final class StepExchange {
  let distribution: Distribution
  let part: BatchPart
  /// The shapes of outputs and targets.
  let rows: StepRows
  private let buckets: GradientBuckets
  /// `nil` unless it was asked for.
  let timeline: StepTimeline?
  /// Why this rank could not compute its part of the step; `nil` if it could.
  private var ownError: (any Error)?

  /// - Throws: ``DistributionError/bucketSize(_:)``.
  init(_ distribution: Distribution, parameters: [Parameter], rows: StepRows) throws {
    guard distribution.bucketSize >= MemoryLayout<Float>.size else {
      throw DistributionError.bucketSize(distribution.bucketSize)
    }
    self.distribution = distribution
    self.rows = rows
    part = distribution.part
    timeline = distribution.timeline.map { _ in StepTimeline(rank: distribution.rank) }
    buckets = GradientBuckets(
      parameters, size: distribution.bucketSize, precision: distribution.gradientPrecision, group: distribution.group,
      timeline: timeline)
  }

  /// What rounding took from the gradients so far, by bucket.
  var feedback: SavedState {
    let buckets = buckets.feedback.enumerated().filter { $0.element.count > 0 }
    return SavedState(values: [:], tensors: Dictionary(uniqueKeysWithValues: buckets.map { ("\($0)", $1) }))
  }

  /// Continues with what rounding took before. Where the buckets are others, or gradients were not rounded, it begins anew.
  func restore(feedback: SavedState) {
    let current = buckets.feedback
    let saved = current.indices.compactMap { feedback.tensors["\($0)"] }
    if saved.map(\.shape) == current.map(\.shape) { buckets.feedback = saved }
  }

  /// What normalization asks for the statistics of the whole batch; `nil` if each rank has its own.
  func makeStatistics() -> StatisticsGathering? {
    distribution.batchStatistics == .ofAllRanks ? StatisticsGathering(distribution.group) : nil
  }

  /// Keeps an error of this rank until all ranks are at the end of the step. Until then it takes part without examples, so that
  /// none waits for it.
  func fail(with error: any Error) {
    ownError = ownError ?? error
  }

  /// Whether this rank has failed in the current step.
  var hasFailed: Bool { ownError != nil }

  /// Exchanges losses, rows and gradients while the walk back goes on.
  ///
  /// - Parameters:
  ///   - own: of the own examples.
  ///   - count: the number of examples of all ranks.
  ///   - sendsRows: whether some metric needs the rows of all ranks.
  ///   - walk: walks back, and calls its argument with each gradient that is ready, each times the own share of the examples.
  /// - Returns: the values of all examples, the sums of the gradients, and the ranks whose loss is not finite.
  /// - Throws: on all ranks, if one has failed.
  func combine(
    _ own: StepValues, of count: Int, sendsRows: Bool, walk: (@escaping (Parameter, Tensor<Float>) -> Void) -> Void
  ) throws -> (values: StepValues, gradients: Gradients<Float>, nonFinite: [Int]) {
    let message = StepMessage(
      own, of: count, part: part, rows: sendsRows ? rows : StepRows(predicted: [], expected: []), hasFailed: hasFailed)
    try message.send(to: distribution.group)
    buckets.begin()
    let begin = ContinuousClock.now
    walk(buckets.take)
    timeline?.add("backward", since: begin)
    let end = ContinuousClock.now
    let gradients = try buckets.finish()
    let all = try message.receive()
    timeline?.add("wait", since: end)
    if !all.failed.isEmpty {
      try distribution.together { if let ownError { throw ownError } }
    }
    return (all.values, gradients, all.nonFinite)
  }

  /// The place of the first value that is not finite, as the first of some ranks found it.
  func place(_ own: NonFiniteValue?, on ranks: [Int]) throws -> NonFiniteValue? {
    let texts = try distribution.group.allGather(Array((own.map { "\($0)" } ?? "").utf8))
    guard let rank = ranks.first, !texts[rank].isEmpty else { return own }
    return .onRank(rank, host: distribution.hosts[rank], String(decoding: texts[rank], as: UTF8.self))
  }
}

/// The means of normalization over the parts of all ranks, in a step.
final class StatisticsGathering: StatisticsExchange {
  private let group: any TrainingGroup
  /// The first error, since layers cannot throw. From then on each rank has its own numbers only.
  private(set) var failure: (any Error)?

  init(_ group: any TrainingGroup) { self.group = group }

  func gather(_ own: [Double]) -> [[Double]] {
    guard failure == nil else { return [own] }
    do {
      return try group.gather(own)
    } catch {
      failure = error
      return [own]
    }
  }
}
