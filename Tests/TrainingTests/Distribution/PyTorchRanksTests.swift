import Data
import Foundation
import NN
import Optim
import Tensor
import TestSupport
import Testing

@testable import Training

/// Losses against those of PyTorch's DistributedDataParallel on the same weights, images and order; see `Fixtures/make_ranks.py`.
struct PyTorchRanksTests {
  private struct Losses: Decodable {
    let float32: [Double]
    let bfloat16: [Double]
  }

  private static func model() throws -> Sequential {
    let model = try Sequential(input: [3, 8, 8]) {
      Conv2D(6, kernelSize: 3, padding: .same, useBias: false)
      BatchNorm()
      ActivationLayer(.relu)
      Conv2D(6, kernelSize: 3, padding: .same, useBias: false)
      BatchNorm()
      ActivationLayer(.relu)
      GlobalAveragePool2D()
      Dense(3, activation: .softmax)
    }
    let weights = model.namedParameters.map(\.parameter).filter { $0.value.rank > 1 }
    for ((stream, limit), parameter) in zip([(100, 0.4), (101, 0.4), (102, 0.8)], weights) {
      parameter.update { $0 = hashed(UInt64(stream), $0.shape, limit) }
    }
    return model
  }

  private static func losses(_ precision: Distribution.GradientPrecision) throws -> [Double] {
    try onRanks(2) { group in
      var distribution = Distribution(group)
      distribution.gradientPrecision = precision
      let listener = StepLosses()
      _ = try model().fit(
        DistributedFitTests.data(48), epochs: 5, batchSize: 12, optimizer: SGD(learningRate: 0.1, momentum: 0.9),
        loss: .categoricalCrossEntropy, shuffle: false, callbacks: [listener], progress: .silent,
        distribution: distribution)
      return listener.values
    }.map { try $0.get() }[0]
  }

  private static func fixture() throws -> Losses {
    let url = try #require(Bundle.module.url(forResource: "ranks", withExtension: "json", subdirectory: "Fixtures"))
    return try JSONDecoder().decode(Losses.self, from: Foundation.Data(contentsOf: url))
  }

  /// Both add the same numbers in other orders: a few roundings a step, which 20 steps with momentum make larger.
  @Test func lossesAreThoseOfPyTorch() throws {
    let (own, expected) = (try Self.losses(.float32), try Self.fixture().float32)
    #expect(own.count == 20 && expected.count == 20)
    for (a, b) in zip(own, expected) { #expect(abs(a - b) <= 2e-5 * b, "\(a) \(b)") }
  }

  /// PyTorch rounds each gradient, its sum, and forgets what that takes. Here that comes a step later, so the losses stay nearer to those
  /// of full precision.
  @Test func halfPrecisionIsNearerThanThatOfPyTorch() throws {
    let (own, full, theirs) = (try Self.losses(.bfloat16), try Self.fixture().float32, try Self.fixture().bfloat16)
    let distances = (zip(own, full).map { abs($0 - $1) }, zip(theirs, full).map { abs($0 - $1) })
    #expect(distances.0.reduce(0, +) < distances.1.reduce(0, +))
  }
}

/// The loss of each step.
final class StepLosses: Callback {
  private(set) var values: [Double] = []

  func batchEnded(_ report: BatchReport) -> TrainingDecision {
    values.append(report.loss)
    return .proceed
  }
}
