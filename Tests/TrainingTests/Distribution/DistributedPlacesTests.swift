import Data
import NN
import Optim
import Tensor
import Testing

@testable import Training

/// Places of an ignored class, which ranks have different numbers of.
struct DistributedPlacesTests {
  /// Sequences of three classes, with one output or two. From some examples on, all places are ignored.
  private static func data(_ count: Int, outputs: Int) throws -> TensorDataset {
    let targets = (0..<outputs).map { output in
      let labels = (0..<count * 4).map { place -> Float in
        let (example, step) = (place / 4, place % 4)
        return example % 5 == 4 - output || step > (example + output) % 4 ? 255 : Float((example + step) % 3)
      }
      return Tensor<Float>(shape: [count, 4], scalars: labels)
    }
    return try TensorDataset(
      inputs: [hashed(5, [count, 4, 2], 1)], targets: targets, sampleWeights: (0..<count).map { Float($0 % 3) + 0.5 })
  }

  private static func train(_ outputs: Int, _ distribution: Distribution?) throws -> (
    history: History, state: [String: [Float]]
  ) {
    let input = Input([4, 2])
    let hidden = Dense(5, activation: .tanh, kernelRegularizer: .l2(1e-2))(input)
    let model = try Model(
      inputs: [input], outputs: (0..<outputs).map { Dense(3)(hidden, name: "output\($0)") }, seed: 4)
    let loss = SparseCategoricalCrossEntropy(fromLogits: true, ignoreClass: 255)
    let weights: PerOutput<Float>? = outputs > 1 ? ["output0": 1, "output1": 0.5] : nil
    let losses: PerOutput<any Loss> = outputs > 1 ? ["output0": loss, "output1": loss] : ["output0": loss]
    let history = try model.fit(
      data(14, outputs: outputs), epochs: 3, batchSize: 5, optimizer: SGD(learningRate: 0.2), losses: losses,
      lossWeights: weights, metrics: [:], progress: .silent, distribution: distribution)
    return (history, model.state.mapValues(\.scalars))
  }

  /// Nine steps, of which every third has 4 examples: the same as in one process, which agrees with Keras. A rank may have no place
  /// that counts, or no example.
  @Test(arguments: [2, 3, 5], [1, 2])
  func ranksCountThePlacesOfAll(ranks: Int, outputs: Int) throws {
    let alone = try Self.train(outputs, nil)
    for result in onRanks(ranks, { try Self.train(outputs, Distribution($0)) }) {
      let outcome = try result.get()
      for (own, other) in zip(outcome.history.epochs, alone.history.epochs) {
        for (a, b) in zip(own.columns, other.columns) {
          #expect(abs(a.value - b.value) <= 1e-5 * max(1, abs(b.value)), "\(a.name) \(a.value) \(b.value)")
        }
      }
      // Sums of some dozens of numbers are rounded in another order.
      for (name, values) in alone.state {
        let found = try #require(outcome.state[name])
        for (value, other) in zip(values, found) { #expect(abs(value - other) <= 1e-5 * max(1, abs(value)), "\(name)") }
      }
    }
  }
}
