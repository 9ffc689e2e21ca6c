import Data
import NN
import Tensor
import Training

/// Small data and models for tests of what happens around the steps.
enum Toy {
  /// Eight numbers each, of the class 1 where their sum is positive.
  static func data(_ count: Int = 64, stream: UInt64 = 1, classes: [String] = ["n", "p"]) throws -> TensorDataset {
    let inputs = hashed(stream, [count, 8], 1)
    let labels = inputs.sum([1]).scalars.map { Float($0 > 0 ? 1 : 0) }
    return try TensorDataset(inputs: inputs, targets: Tensor(oneHot: Tensor(labels), classCount: 2), classes: classes)
  }

  /// The same with one column of 0 and 1.
  static func binary(_ count: Int = 64) throws -> TensorDataset {
    let data = try data(count)
    let labels = (0..<count).map { data.targets[$0, 1] }
    return try TensorDataset(
      inputs: data.inputs, targets: Tensor(shape: [count, 1], scalars: labels), classes: data.classes)
  }

  static func model(_ outputs: Int = 2, _ activation: Activation = .softmax) throws -> Sequential {
    try Sequential(input: [8], seed: 3) {
      Dense(16, activation: .relu)
      Dense(outputs, activation: activation)
    }
  }
}

/// Keeps what a training says.
final class Listener: Callback {
  private(set) var warnings: [String] = []
  private(set) var ends: [String] = []

  func warned(_ warning: String) { warnings.append(warning) }

  func trainingEnded(_ end: TrainingEnd) {
    switch end {
    case .finished: ends.append("finished")
    case .stopped: ends.append("stopped")
    case .paused: ends.append("paused")
    case .failed: ends.append("failed")
    }
  }
}
