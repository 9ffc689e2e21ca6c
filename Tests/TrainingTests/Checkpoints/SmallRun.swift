import Data
import NN
import Optim
import Tensor
import Training

/// A training in which everything takes part that a checkpoint must keep: dropout, batch normalization, augmentation,
/// class weights, shuffling, a last batch of another size, a schedule and callbacks. Three epochs of three steps.
struct SmallRun {
  var makeOptimizer: () -> any Optimizer = {
    Adam(learningRate: .exponential(from: 0.02, steps: 4, factor: 0.5), clipping: .globalNorm(0.5))
  }
  var batchSize = 8
  var epochs = 3
  var seed: UInt64 = 9
  var shuffle = true
  var dropout: Float = 0.3
  var augmentation: Augmentation? = Augmentation(horizontalFlip: true, shift: 0.2, rotation: 20, brightness: 0.3)
  var loss: any Loss = .categoricalCrossEntropy
  var metrics: [any Metric] = [Accuracy(), TopKAccuracy(k: 2)]
  var classWeights: [Float]? = [1, 2, 0.5]
  /// Changes one number of the inputs.
  var inputChange: Float = 0
  var patience: Int?

  static let stepsPerEpoch = 3

  /// What a training has led to.
  struct Outcome: Equatable {
    /// The bits of all numbers of the model.
    let model: [String: [UInt32]]
    /// The bits of all numbers that the optimizer keeps.
    let slots: [[String: [UInt32]]]
    let optimizerSteps: Int
    let history: History
  }

  func data(_ stream: UInt64, count: Int) throws -> TensorDataset {
    var inputs = (hashed(stream, [count, 3, 6, 6], 1) + 1) * 0.5
    inputs[count - 1, 2, 5, 5] = inputs[count - 1, 2, 5, 5] + inputChange
    let targets = (0..<count).map { Float($0 % 3) }
    return try TensorDataset(
      inputs: inputs, targets: Tensor(oneHot: Tensor(targets), classCount: 3), classes: ["a", "b", "c"])
  }

  /// Whether the model is a graph with a shortcut, a model inside it and a layer that is called twice.
  var isGraph = false

  private func graph() throws -> Model {
    let image = Input([3, 6, 6])
    let shared = Conv2D(3, kernelSize: 3, padding: .same, activation: .relu, l2: 0.01)
    let part = Sequential {
      BatchNorm()
      Dropout(dropout)
    }
    let x = part(shared(shared(image)) + image, name: "part")
    let joined = concatenate([GlobalAveragePool2D()(x), Flatten()(MaxPool2D(3)(x))])
    return try Model(input: image, output: Dense(3, activation: .softmax)(joined), seed: 5)
  }

  func model() throws -> Model {
    if isGraph { return try graph() }
    return try Sequential(input: [3, 6, 6], seed: 5) {
      Conv2D(4, kernelSize: 3, padding: .same, activation: .relu, l2: 0.01)
      MaxPool2D(2)
      Dropout(dropout)
      BatchNorm()
      Flatten()
      Dense(3, activation: .softmax)
    }
  }

  /// Trains a new model with new callbacks, as a new process would.
  ///
  /// - Throws: what `fit` throws.
  func callAsFunction(_ checkpoints: Checkpoints? = nil, callbacks: [any Callback] = []) throws -> Outcome {
    let (model, optimizer) = (try model(), makeOptimizer())
    let stopping = patience.map { EarlyStopping(patience: $0, restoringBestOf: model) }
    let history = try model.fit(
      data(5, count: 22), validation: data(6, count: 10), epochs: epochs, batchSize: batchSize, optimizer: optimizer,
      loss: loss, metrics: metrics, shuffle: shuffle, seed: seed, augmentation: augmentation,
      classWeights: classWeights, callbacks: callbacks + [stopping].compactMap(\.self), checkpoints: checkpoints,
      progress: .silent)
    return Outcome(
      model: model.state.mapValues(bits), slots: optimizer.slots(of: model.parameters).map { $0.mapValues(bits) },
      optimizerSteps: optimizer.stepCount, history: history)
  }
}

private func bits(_ tensor: Tensor<Float>) -> [UInt32] { tensor.scalars.map(\.bitPattern) }

/// What a power cut is to a training: it ends in the middle of a step, and nothing is put in order.
struct PowerCut: Error {}

/// Ends a training in one of its ways, after so many of the batches that it sees.
final class EndAfter: Callback {
  enum Way { case pause, stop, powerCut }

  private let way: Way
  private var batchesLeft: Int
  private(set) var resumed: [ResumeReport] = []

  init(_ way: Way, batches: Int) {
    self.way = way
    batchesLeft = batches
  }

  func trainingResumed(_ report: ResumeReport) { resumed.append(report) }

  func batchEnded(_ report: BatchReport) throws -> TrainingDecision {
    batchesLeft -= 1
    guard batchesLeft == 0 else { return .proceed }
    switch way {
    case .pause: return .pause
    case .stop: return .stop
    case .powerCut: throw PowerCut()
    }
  }
}

/// Hears from where a training goes on.
final class ResumeListener: Callback {
  private(set) var report: ResumeReport?
  private(set) var warnings: [String] = []

  func trainingResumed(_ report: ResumeReport) { self.report = report }

  func warned(_ warning: String) { warnings.append(warning) }
}
