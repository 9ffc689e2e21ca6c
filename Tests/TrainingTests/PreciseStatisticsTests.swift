import Data
import NN
import Optim
import Tensor
import TestSupport
import Testing
import Training

/// Running statistics that are computed anew before each validation.
@Suite struct PreciseStatisticsTests {
  private func model() throws -> Sequential {
    try Sequential(input: [3, 6, 6], seed: 5) {
      Conv2D(4, kernelSize: 3, padding: .same, activation: .relu)
      MaxPool2D(2)
      Dropout(0.3)
      BatchNorm()
      Flatten()
      Dense(3, activation: .softmax)
    }
  }

  private func data(_ count: Int = 22) throws -> TensorDataset {
    try TensorDataset(
      inputs: hashed(5, [count, 3, 6, 6], 1),
      targets: Tensor(oneHot: Tensor((0..<count).map { Float($0 % 3) }), classCount: 3))
  }

  /// Over batches of all examples, mean and variance are those of what the layers before give in inference.
  @Test func areThoseOfAllExamplesTogether() throws {
    let (model, data) = (try model(), try data())
    try model.recomputeStatistics(from: data, batches: 2, batchSize: 11)
    let values = referenceInputs(model, data)
    let mean = try #require(model.state["batch_norm.runningMean"]?.scalars)
    let variance = try #require(model.state["batch_norm.runningVariance"]?.scalars)
    for channel in 0..<4 {
      let numbers = values.map { $0[channel] }.flatMap(\.self).map(Double.init)
      let expected = numbers.reduce(0, +) / Double(numbers.count)
      let squares = numbers.reduce(0) { $0 + ($1 - expected) * ($1 - expected) } / Double(numbers.count)
      // Float sums over 198 numbers below 2: some units in the last place each.
      #expect(abs(Double(mean[channel]) - expected) < 1e-6)
      #expect(abs(Double(variance[channel]) - squares) < 1e-6)
    }
  }

  @Test func dataThatDoesNotFitIsAnError() throws {
    let other = try TensorDataset(inputs: Tensor(zeros: [4, 3, 5, 6]), targets: Tensor(zeros: [4, 3]))
    #expect(throws: FitError.inputShape(found: [3, 5, 6], expected: [3, 6, 6])) {
      try model().recomputeStatistics(from: other)
    }
    #expect(throws: FitError.noExamples) { try model().recomputeStatistics(from: data(0)) }
  }

  /// For each example the numbers of each channel behind the pooling.
  private func referenceInputs(_ model: Sequential, _ data: TensorDataset) -> [[[Float]]] {
    let pooled = model.layers[1](model.layers[0](data.inputs))
    return (0..<data.count).map { example in (0..<4).map { pooled.select(example).select($0).scalars } }
  }

  private func fit(
    _ statistics: PreciseStatistics?, epochs: Int = 2, checkpoints: Checkpoints? = nil, callbacks: [any Callback] = []
  ) throws -> (model: Sequential, history: History) {
    let model = try model()
    let history = try model.fit(
      data(), validation: data(9), epochs: epochs, batchSize: 8, optimizer: Adam(learningRate: 0.02),
      loss: .categoricalCrossEntropy, preciseStatistics: statistics, callbacks: callbacks, checkpoints: checkpoints,
      progress: .silent)
    return (model, history)
  }

  @Test func theWeightsStayTheSame() throws {
    let (plain, precise) = (try fit(nil), try fit(.batches(2)))
    #expect(precise.model.parameters.map(\.value) == plain.model.parameters.map(\.value))
    #expect(precise.history["loss"] == plain.history["loss"])
    #expect(precise.history["val_loss"] != plain.history["val_loss"])
    #expect(precise.model.state["batch_norm.runningMean"] != plain.model.state["batch_norm.runningMean"])
    // The model keeps them.
    let again = try model()
    try again.load(state: precise.model.state)
    try again.recomputeStatistics(from: data(), batches: 2, batchSize: 8, epoch: 1)
    #expect(again.state == precise.model.state)
  }

  @Test func aResumedTrainingHasTheSameBits() throws {
    let folder = try TemporaryFolder()
    let undisturbed = try fit(.batches(2), epochs: 3)
    for batches in 1...9 {
      let checkpoints = Checkpoints(folder.path("\(batches)"))
      _ = try fit(.batches(2), epochs: 3, checkpoints: checkpoints, callbacks: [EndAfter(.pause, batches: batches)])
      let resumed = try fit(.batches(2), epochs: 3, checkpoints: checkpoints)
      #expect(resumed.model.state == undisturbed.model.state)
      #expect(resumed.history == undisturbed.history)
    }
    let error = #expect(throws: CheckpointError.self) {
      try fit(.batches(1), epochs: 3, checkpoints: Checkpoints(folder.path("1")))
    }
    #expect("\(try #require(error))".contains("precise statistics is batches(1), in the checkpoint it is batches(2)"))
  }

  @Test func fewerThanOneBatchIsAnError() throws {
    #expect(throws: FitError.statisticsBatches(0)) { try fit(.batches(0)) }
    #expect(throws: FitError.statisticsBatches(0)) { try model().recomputeStatistics(from: data(), batches: 0) }
  }
}
