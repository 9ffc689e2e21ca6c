import Autograd
import NN
import Optim
import Tensor
import TestSupport
import Testing

/// A training loop by hand, and what it promises: it learns, takes no fresh memory, and does not depend on threads.
struct TrainingStepTests {
  @Test func fiveLinesLearnXor() throws {
    let x = Tensor<Float>(shape: [4, 2], scalars: [0, 0, 0, 1, 1, 0, 1, 1])
    let y = Tensor<Float>(shape: [4, 1], scalars: [0, 1, 1, 0])
    let model = try Sequential(input: [2], seed: 1) {
      Dense(8, activation: .tanh)
      Dense(1, activation: .sigmoid)
    }
    let (optimizer, loss) = (Adam(learningRate: 0.05), BinaryCrossEntropy())

    for _ in 0..<200 {
      let predicted = model(Variable(x), Context(.training))
      let gradients = loss(predicted, y).gradients()
      optimizer.update(model.parameters, with: gradients)
    }

    var accuracy = Accuracy()
    accuracy.update(predicted: model(x), expected: y)
    #expect(accuracy.value == 1)
    #expect(loss(Variable(model(x)), y).value.scalar < 0.1)
  }

  @Test func aPenaltyAndAMetricOfOnesOwn() throws {
    struct MeanError: Metric {
      var name: String { "mean_error" }
      private var mean = RunningMean()
      var value: Double { mean.value }
      mutating func update(predicted: Tensor<Float>, expected: Tensor<Float>) {
        let error = (predicted - expected).absolute().mean().scalar
        mean.add(mean: Double(error), count: predicted.shape[0])
      }
      mutating func reset() { mean = RunningMean() }
    }
    // Without data the penalty alone draws the weights to 0.
    let model = try Sequential(input: [3]) { Dense(2, l2: 0.1) }
    let x = Tensor<Float>(zeros: [4, 3])
    let optimizer = Adam(learningRate: 0.05)
    for _ in 0..<100 {
      let context = Context(.training)
      let loss = MeanSquaredError()(model(Variable(x), context), Tensor(ones: [4, 2]))
      optimizer.update(model.parameters, with: (model.penalty(context).map { loss + $0 } ?? loss).gradients())
    }
    #expect(model.parameters[0].value.absolute().max().scalar < 0.05)
    var metric = MeanError()
    metric.update(predicted: model(x), expected: Tensor(ones: [4, 2]))
    #expect(metric.value < 0.1)
  }

  /// On one thread: with more, the second thread takes memory to work in when both happen to work on the same layer for
  /// the first time. In a process of its own, since the memory of the pool and the number of threads belong to the
  /// process.
  @Test func laterStepsTakeNoFreshMemory() async {
    await #expect(processExitsWith: .success) {
      Threads.count = 1
      let training = try SmallTraining()
      // The optimizer keeps memory of the first step for its moments; the second makes up for it.
      for _ in 0..<2 { training.step() }
      let taken = StoragePool.shared.systemByteCount
      #expect(taken > 0)
      for _ in 0..<5 { training.step() }
      #expect(StoragePool.shared.systemByteCount == taken)
    }
  }

  @Test func threadsDoNotChangeABit() throws {
    let states = try resultsOnEveryThreadCount {
      let training = try SmallTraining()
      for _ in 0..<3 { training.step() }
      return training.model.state
    }
    #expect(states[0].values.allSatisfy { $0.scalars.allSatisfy(\.isFinite) })
    #expect(states.allSatisfy { $0 == states[0] })
  }
}

/// A small convolutional network, large enough for its work to be split into chunks.
private struct SmallTraining {
  let model: Sequential
  private let optimizer = Adam()
  private let context = Context(.training, seed: 3)
  private let images = hashed([32, 3, 32, 32], seed: 1)
  private let targets = Tensor(oneHot: Tensor((0..<32).map { Float($0 % 10) }), classCount: 10)

  init() throws {
    model = try Sequential(input: [3, 32, 32], seed: 5) {
      for filters in [16, 32] {
        Conv2D(filters, kernelSize: 3, padding: .same, activation: .relu, l2: 1e-4)
        MaxPool2D(2)
        Dropout(0.2)
        BatchNorm()
      }
      Flatten()
      Dense(32, activation: .relu)
      Dense(10, activation: .softmax)
    }
  }

  func step() {
    let loss = CategoricalCrossEntropy()(model(Variable(images), context), targets)
    let total = model.penalty(context).map { loss + $0 } ?? loss
    optimizer.update(model.parameters, with: total.gradients())
  }
}
