import Data
import NN
import Optim
import Tensor
import TestSupport
import Testing
import Training

/// Mixed examples in a training, together with class weights, label smoothing and averaged weights.
@Suite struct MixingTests {
  private static func model() throws -> Sequential {
    try Sequential(input: [3, 6, 6], seed: 5) {
      Conv2D(4, kernelSize: 3, padding: .same, activation: .relu)
      BatchNorm()
      GlobalAveragePool2D()
      Dense(3, activation: .softmax)
    }
  }

  private static func data(_ stream: UInt64, count: Int = 20) throws -> TensorDataset {
    try TensorDataset(
      inputs: (hashed(stream, [count, 3, 6, 6], 1) + 1) * 0.5,
      targets: Tensor(oneHot: Tensor((0..<count).map { Float($0 % 3) }), classCount: 3), classes: ["a", "b", "c"])
  }

  private func fit(
    _ model: Model, mixing: BatchMixing?, epochs: Int = 2, classWeights: [Float]? = nil,
    checkpoints: Checkpoints? = nil,
    callbacks: [any Callback] = []
  ) throws -> History {
    try model.fit(
      Self.data(1), validation: Self.data(2), epochs: epochs, batchSize: 8,
      optimizer: Adam(learningRate: 0.01, average: WeightAverage(momentum: 0.9)),
      loss: .categoricalCrossEntropy(labelSmoothing: 0.1), seed: 3,
      augmentation: Augmentation(horizontalFlip: true, randAugment: RandAugment()), mixing: mixing,
      classWeights: classWeights, callbacks: callbacks, checkpoints: checkpoints, progress: .silent)
  }

  @Test func allPartsOfARecipeWorkTogether() throws {
    let mixing = BatchMixing(mixup: 0.3, cutMix: 1)
    let undisturbed = try Self.model()
    let history = try fit(undisturbed, mixing: mixing, classWeights: [1, 2, 0.5])
    #expect(history["loss"].allSatisfy(\.isFinite) && history["val_accuracy"].count == 2)
    let folder = try TemporaryFolder()
    for batches in [2, 4] {
      let checkpoints = Checkpoints(folder.path("\(batches)"), every: .steps(1))
      _ = try fit(
        Self.model(), mixing: mixing, classWeights: [1, 2, 0.5], checkpoints: checkpoints,
        callbacks: [EndAfter(.pause, batches: batches)])
      let resumed = try Self.model()
      #expect(try fit(resumed, mixing: mixing, classWeights: [1, 2, 0.5], checkpoints: checkpoints) == history)
      #expect(resumed.state == undisturbed.state)
      let error = #expect(throws: CheckpointError.self) {
        try fit(Self.model(), mixing: nil, classWeights: [1, 2, 0.5], checkpoints: checkpoints)
      }
      #expect("\(try #require(error))".contains("mixing"))
    }
    let plain = try Self.model()
    _ = try fit(plain, mixing: nil, classWeights: [1, 2, 0.5])
    #expect(plain.state != undisturbed.state)
  }

  /// A mixture of two examples weighs what they weigh together: with equal weights, as without.
  @Test func classWeightsAreMixed() throws {
    let (weighted, plain) = (try Self.model(), try Self.model())
    let mixing = BatchMixing(mixup: 0.5)
    _ = try fit(weighted, mixing: mixing, classWeights: [1, 1, 1])
    _ = try fit(plain, mixing: mixing)
    for (name, value) in plain.state {
      let other = try #require(weighted.state[name])
      // The shares of a mixture sum to 1 up to rounding, which some steps of Adam enlarge.
      #expect(zip(value.scalars, other.scalars).allSatisfy { abs($0 - $1) < 1e-3 }, "\(name)")
    }
  }

  @Test func classIndicesAreRefused() throws {
    let data = Self.self
    let indices = try TensorDataset(
      inputs: data.data(1).inputs, targets: Tensor((0..<20).map { Float($0 % 3) }), classes: ["a", "b", "c"])
    let error = #expect(throws: FitError.self) {
      try Self.model().fit(
        indices, loss: .sparseCategoricalCrossEntropy, mixing: BatchMixing(mixup: 1), progress: .silent)
    }
    #expect("\(try #require(error))".contains("one-hot"))
  }

  @Test func frozenWeightsAreTheirOwnAverage() throws {
    let model = try Self.model()
    try model.layer("conv2d").isTrainable = false
    let before = model.state["conv2d.weight"]
    _ = try fit(model, mixing: nil, epochs: 6)
    #expect(model.state["conv2d.weight"] == before)
  }
}
