import Data
import NN
import Optim
import Synchronization
import Tensor
import TestSupport
import Testing
import Training

/// Examples that cannot be read any more, as a photo that is deleted during the training.
@Suite struct LostExampleTests {
  private struct Lost: Error {}

  /// Examples one of which can be read only so often.
  private final class Fading: Dataset {
    private let base: TensorDataset
    private let example: Int
    private let readings: Mutex<Int>

    init(_ base: TensorDataset, losing example: Int, after readings: Int) {
      (self.base, self.example) = (base, example)
      self.readings = Mutex(readings)
    }

    var count: Int { base.count }
    var inputShape: Shape { base.inputShape }
    var classes: [String] { base.classes }
    var targetMeaning: TargetMeaning? { base.targetMeaning }
    func checksum() throws -> UInt64 { try base.checksum() }

    func batch(_ indices: [Int]) throws -> Batch {
      let isLost =
        indices.contains(example)
        && readings.withLock { left in
          left -= 1
          return left < 0
        }
      if isLost { throw Lost() }
      return try base.batch(indices)
    }
  }

  /// The steps until then are not lost, whatever the time of the next checkpoint.
  @Test(arguments: [(16, 0), (0, 1), (9, 1)])
  func theStepsSoFarAreSaved(example: Int, readings: Int) throws {
    let folder = try TemporaryFolder()
    let checkpoints = Checkpoints(folder.path("run"), every: .seconds(1e6), keepBest: nil)
    func weights(_ checkpoints: Checkpoints?, losingAfter readings: Int) throws -> [String: [Float]] {
      let model = try SmallRun().model()
      // `fit` looks at the first example before the first step.
      let data = Fading(
        try SmallRun().data(5, count: 22), losing: example, after: readings + (example == 0 ? 1 : 0))
      try model.fit(
        data, epochs: 2, batchSize: 8, optimizer: Adam(), loss: .categoricalCrossEntropy, shuffle: false, seed: 9,
        checkpoints: checkpoints, progress: .silent)
      return model.state.mapValues(\.scalars)
    }
    #expect(throws: Lost.self) { try weights(checkpoints, losingAfter: readings) }
    let step = readings * SmallRun.stepsPerEpoch + example / 8
    #expect(checkpoints.newest?.hasSuffix("step-00000000\(step).safetensors") == true)
    #expect(try weights(checkpoints, losingAfter: 9) == weights(nil, losingAfter: 9))
  }
}
