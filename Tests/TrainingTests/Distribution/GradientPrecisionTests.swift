import Data
import Foundation
import NN
import Optim
import Tensor
import TestSupport
import Testing

@testable import Training

/// Gradients that travel in half precision.
struct GradientPrecisionTests {
  private static func distribution(_ group: ThreadGroup, _ precision: Distribution.GradientPrecision) -> Distribution {
    var distribution = Distribution(group, batchStatistics: .ofAllRanks, bucketSize: 600)
    distribution.gradientPrecision = precision
    return distribution
  }

  /// The losses of 20 steps, the state of each rank, and the bytes that gradients took.
  private static func train(
    _ precision: Distribution.GradientPrecision, ranks: Int
  ) throws -> (losses: [Double], bytes: Int) {
    let outcomes = try onRanks(ranks) { group in
      let losses = Losses()
      let outcome = try DistributedFitTests.train(
        DistributedFitTests.model(), distribution(group, precision), optimizer: SGD(learningRate: 0.05),
        callbacks: [losses])
      return (outcome, losses.values, group.room)
    }.map { try $0.get() }
    for outcome in outcomes { #expect(outcome.0 == outcomes[0].0) }
    return (outcomes[0].1, outcomes[0].2.sentBytes([.exchange, .exchangeBack]))
  }

  /// A gradient is off by at most 2⁻⁸ of its size in each of the two roundings, and so is the step that it makes: a loss is off by about
  /// 2⁻⁷ of what all steps change it.
  @Test(arguments: [2, 3, 4])
  func lossesAreThoseOfFullPrecision(ranks: Int) throws {
    let (full, half) = (try Self.train(.float32, ranks: ranks), try Self.train(.bfloat16, ranks: ranks))
    #expect(full.losses.count == 20 && half.losses.count == 20)
    #expect(full.losses != half.losses)
    let change = (full.losses.max() ?? 0) - (full.losses.min() ?? 0)
    for (a, b) in zip(full.losses, half.losses) { #expect(abs(a - b) <= 0x1p-7 * change, "\(a) \(b)") }
    #expect(full.bytes > 0 && half.bytes * 2 == full.bytes)
    #expect(try Self.train(.bfloat16, ranks: ranks).losses == half.losses)
  }

  /// Two ranks whose large gradients cancel out: what is left is below the precision of each. With the feedback, the sums of many steps
  /// are exact but for what is still kept; rounded alone, nothing of it would ever arrive.
  @Test func feedbackKeepsWhatRoundingTakes() throws {
    let steps = 64
    let own: [Float] = [1 + 0x1p-10, -1]
    let sums = try onRanks(2) { group in
      // The piece of rank 1, which rank 0 rounds, and the flag of one parameter.
      let sum = PieceSum(count: 5, exact: 1, precision: .bfloat16, group: group)
      var total: Float = 0
      for _ in 0..<steps {
        for place in 0..<4 { sum.values[place] = own[group.rank] }
        sum.values[4] = 1
        try sum.begin()
        try sum.wait()
        #expect(sum.values[4] == 2)
        total += sum.values[3]
      }
      return total
    }.map { try $0.get() }
    let exact = Float(steps) * 0x1p-10
    // One spacing of the numbers next to 1 may still be kept.
    #expect(abs(sums[0] - exact) <= 0x1p-7 && sums[0] == sums[1], "\(sums) \(exact)")
    // Each step rounded alone gives 1 and -1.
    #expect(BFloat16(own[0]).value + BFloat16(own[1]).value == 0)
  }

  /// Neither infinity nor NaN stays in the feedback.
  @Test func oneBadStepDoesNotStay() throws {
    let sums = try onRanks(2) { group in
      let sum = PieceSum(count: 4, exact: 0, precision: .bfloat16, group: group)
      var results: [[Float]] = []
      for values: [Float] in [[.nan, .infinity, .nan, .greatestFiniteMagnitude], [1, 2, 3, 4]] {
        for place in 0..<4 { sum.values[place] = values[place] }
        try sum.begin()
        try sum.wait()
        results.append(Array(sum.values))
      }
      return results
    }.map { try $0.get() }
    #expect(sums[0][0].allSatisfy { !$0.isFinite })
    #expect(sums[0][1] == [2, 4, 6, 8] && sums[1][1] == sums[0][1])
  }

  /// The nearest of the numbers that are the upper halves of others; of two, the even one.
  @Test func numbersAreRoundedToTheNearest() {
    let expected: [(Float, Float)] = [
      (0, 0), (1, 1), (1 + 0x1p-8, 1), (1 + 0x1.8p-8, 1 + 0x1p-7), (1 + 0x3p-8, 1 + 0x1p-6),
      (-1 - 0x1.8p-8, -1 - 0x1p-7),
      (.infinity, .infinity), (.greatestFiniteMagnitude, .infinity), (0x1p-130, 0x1p-130),
    ]
    for (value, near) in expected { #expect(BFloat16(value).value == near) }
    #expect(BFloat16(.nan).value.isNaN && BFloat16(Float(bitPattern: 0x7F80_0001)).value.isNaN)
    #expect(BFloat16(-0.0).value.sign == .minus)
  }

  /// A training that continues gives the bits of one that was not interrupted: what rounding took is in the checkpoint.
  @Test func aCheckpointHasTheFeedback() throws {
    func train(_ folder: String?, pausingAfter steps: Int? = nil) throws -> [DistributedFitTests.Outcome] {
      try onRanks(3) { group in
        try DistributedFitTests.train(
          DistributedFitTests.model(), Self.distribution(group, .bfloat16),
          callbacks: steps.map { [PauseAfter($0)] } ?? [], checkpoints: folder.map { Checkpoints($0) })
      }.map { try $0.get() }
    }
    let folder = try TemporaryFolder()
    let whole = try train(nil)
    #expect(try train(folder.path("checkpoints"), pausingAfter: 7).allSatisfy { $0.history.wasStopped })
    #expect(try train(folder.path("checkpoints")) == whole)
  }

  @Test func anotherPrecisionOnOneRankIsNamed() throws {
    let results = onRanks(2) { group in
      try DistributedFitTests.train(
        DistributedFitTests.model(), Self.distribution(group, group.rank == 0 ? .float32 : .bfloat16))
    }
    #expect(message(of: results[0]).contains("the precision of gradients is float32, on rank 1 it is bfloat16"))
  }

  /// A process alone sends nothing, so nothing is rounded.
  @Test func aRankAloneRoundsNothing() throws {
    let outcomes = try [Distribution.GradientPrecision.float32, .bfloat16].map { precision in
      try onRanks(1) {
        try DistributedFitTests.train(DistributedFitTests.model(), Self.distribution($0, precision))
      }.map { try $0.get() }
    }
    #expect(outcomes[0] == outcomes[1])
  }
}

/// The loss of each step.
private final class Losses: Callback {
  private(set) var values: [Double] = []

  func batchEnded(_ report: BatchReport) -> TrainingDecision {
    values.append(report.loss)
    return .proceed
  }
}

/// Ends a training after some steps, to be continued.
private final class PauseAfter: Callback {
  private let steps: Int
  init(_ steps: Int) { self.steps = steps }
  func batchEnded(_ report: BatchReport) -> TrainingDecision { report.step == steps ? .pause : .proceed }
}
