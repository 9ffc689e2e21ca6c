import Data
import Foundation
import NN
import Optim
import Tensor
import TestSupport
import Testing
import Training

/// The random numbers of an epoch follow from the seed and from how many epochs the model has seen.
@Suite struct RandomEpochTests {
  /// Remembers the examples of each batch, in their order.
  private final class Recorder: Dataset, @unchecked Sendable {
    private let inner: TensorDataset
    private let lock = NSLock()
    private var batches: [[Int]] = []
    init(_ inner: TensorDataset) { self.inner = inner }
    var count: Int { inner.count }
    var inputShape: Shape { inner.inputShape }
    var classes: [String] { inner.classes }
    func batch(_ indices: [Int]) throws -> Batch {
      lock.withLock { batches.append(indices) }
      return inner.batch(indices)
    }
    var epochs: [[Int]] { lock.withLock { batches.filter { $0.count == inner.count } } }
  }

  private func model() throws -> Sequential {
    try Sequential(input: [8], seed: 3) {
      Dense(16, activation: .relu)
      Dropout(0.5)
      Dense(2, activation: .softmax)
    }
  }

  @Test func threeCallsAreOneCallOfThreeEpochs() throws {
    let (apart, together) = (Recorder(try Toy.data(16)), Recorder(try Toy.data(16)))
    let (first, second) = (try model(), try model())
    let optimizer = Adam(learningRate: 0.01)
    for _ in 0..<3 {
      try first.fit(
        apart, epochs: 1, batchSize: 16, optimizer: optimizer, loss: .categoricalCrossEntropy, progress: .silent)
    }
    try second.fit(
      together, epochs: 3, batchSize: 16, optimizer: Adam(learningRate: 0.01), loss: .categoricalCrossEntropy,
      progress: .silent)
    #expect(Set(apart.epochs).count == 3)
    #expect(apart.epochs == together.epochs)
    #expect(first.state == second.state)
    #expect((first.trainedEpochs, second.trainedEpochs) == (3, 3))
  }

  @Test func aFirstEpochIsThatOfKeras() throws {
    let (whole, part) = (Recorder(try Toy.data(16)), Recorder(try Toy.data(16)))
    let model = try model()
    try model.fit(whole, epochs: 4, batchSize: 16, loss: .categoricalCrossEntropy, progress: .silent)
    let history = try model.fit(
      part, epochs: 4, firstEpoch: 2, batchSize: 16, loss: .categoricalCrossEntropy, progress: .silent)
    #expect(history.epochs.map(\.epoch) == [2, 3])
    #expect(part.epochs == Array(whole.epochs[2...]))
    #expect(throws: FitError.epochs(2)) {
      try model.fit(part, epochs: 2, firstEpoch: 2, loss: .categoricalCrossEntropy, progress: .silent)
    }
  }

  @Test func aSecondTrainingIsResumedWithTheSameBits() throws {
    let folder = try TemporaryFolder()
    func train(_ name: String?, stopAfter: Int? = nil) throws -> [String: Tensor<Float>] {
      let model = try model()
      for stage in 0..<2 {
        let callbacks: [any Callback] = stage == 1 ? stopAfter.map { [EndAfter(.pause, batches: $0)] } ?? [] : []
        try model.fit(
          Toy.data(40), epochs: 2, batchSize: 16, loss: .categoricalCrossEntropy, callbacks: callbacks,
          checkpoints: name.map { Checkpoints(folder.path("\($0)-\(stage)"), keepBest: nil) }, progress: .silent)
      }
      return model.state
    }
    let undisturbed = try train(nil)
    for batches in [1, 3, 4] {
      _ = try train("\(batches)", stopAfter: batches)
      #expect(try train("\(batches)") == undisturbed)
    }
  }

  @Test func anEpochThatWasStoppedCounts() throws {
    let model = try model()
    try model.fit(
      Toy.data(40), epochs: 2, batchSize: 16, loss: .categoricalCrossEntropy, callbacks: [EndAfter(.stop, batches: 4)],
      progress: .silent)
    #expect(model.trainedEpochs == 2)
  }
}
