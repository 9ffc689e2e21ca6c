import Autograd
import Data
import Foundation
import NN
import Optim
import Tensor
import TestSupport
import Testing
import Training

/// Losses and outputs that are not numbers are said once, and kept by every form of the history.
@Suite struct NonFiniteTests {
  private func diverged(
    _ callbacks: [any Callback] = [], nonFiniteLoss: NonFiniteLoss = .warn
  ) throws -> (model: Sequential, history: History) {
    let model = try Toy.model(2, .linear)
    let history = try model.fit(
      Toy.data(), validation: Toy.data(), epochs: 3, batchSize: 16, optimizer: SGD(learningRate: 1e30),
      loss: .meanSquaredError, metrics: [Accuracy()], nonFiniteLoss: nonFiniteLoss, callbacks: callbacks,
      progress: .silent)
    return (model, history)
  }

  @Test func theLossIsWarnedOfOnce() throws {
    let listener = Listener()
    let history = try diverged([listener]).history
    #expect(history.epochs.count == 3)
    #expect(listener.warnings.count == 1)
    #expect(
      listener.warnings[0].contains("in epoch 1, batch 2 of 4: the training has diverged"), "\(listener.warnings)")
  }

  @Test func theTrainingMayStop() throws {
    let listener = Listener()
    let history = try diverged([listener], nonFiniteLoss: .stop).history
    #expect(history.epochs.isEmpty)
    #expect(history.wasStopped)
    #expect(listener.ends == ["stopped"])
  }

  /// The first value that is not finite is named, and the model stays as it was before the batch.
  @Test func theFirstValueIsNamed() throws {
    final class Broken: Layer {
      let after: Int
      var calls = 0
      init(after: Int) { self.after = after }
      func build(inputShape: Shape, using generator: inout RandomGenerator) throws -> Shape { inputShape }
      func callAsFunction(_ x: Variable<Float>, _ context: Context) -> Variable<Float> {
        if context.usesBatchStatistics { calls += 1 }
        return context.usesBatchStatistics && calls > after ? x * .infinity : x
      }
    }
    let broken = Broken(after: 2)
    let model = try Sequential(input: [8], seed: 3) {
      BatchNorm()
      Sequential {
        Dense(4, activation: .relu)
        broken
      }
      Dense(2)
    }
    var (before, listener) = (model.state, Listener())
    let history = try model.fit(
      Toy.data(), epochs: 2, batchSize: 16, loss: .meanSquaredError, nonFiniteLoss: .stop,
      callbacks: [
        listener,
        ClosureCallback(batchEnded: {
          if $0.loss.isFinite { before = model.state }
          return .proceed
        }),
      ], progress: .silent)
    #expect(history.wasStopped)
    #expect(
      listener.warnings.first?.contains(
        "in epoch 1, batch 3 of 4: the training has diverged, first in the output of the layer sequential.broken")
        == true, "\(listener.warnings)")
    #expect(model.state == before)

    // A square root at 0: its value is finite, its gradient is not.
    final class Root: Layer {
      func build(inputShape: Shape, using generator: inout RandomGenerator) throws -> Shape { inputShape }
      func callAsFunction(_ x: Variable<Float>, _ context: Context) -> Variable<Float> {
        ((x - x) * (x - x)).squareRoot()
      }
    }
    let root = try Sequential(input: [8], seed: 3) {
      Dense(4)
      Dense(4)
      Root()
      Dense(2)
    }
    before = root.state
    listener = Listener()
    try root.fit(
      Toy.data(), loss: .meanSquaredError, nonFiniteLoss: .stop, callbacks: [listener], progress: .silent)
    #expect(
      listener.warnings.first?.hasPrefix(
        "a gradient is not finite in epoch 1, batch 1 of 2: the training has diverged, first in the gradient of dense_1."
      )
        == true, "\(listener.warnings)")
    #expect(root.state == before)

    // Weights that were broken before, and inputs.
    listener = Listener()
    root.parameters[0].value = root.parameters[0].value * .infinity
    try root.fit(Toy.data(), loss: .meanSquaredError, callbacks: [listener], progress: .silent)
    #expect(listener.warnings.first?.contains("first in dense.weight, before the step") == true, "\(listener.warnings)")
  }

  /// Numbers of data in memory are checked before the first step, those of other data when they come.
  @Test func targetsAreNamed() throws {
    var targets = hashed(2, [20, 2], 1)
    targets[13, 1] = .nan
    let (inputs, good) = (hashed(1, [20, 8], 1), hashed(3, [20, 2], 1))
    let (model, data) = (try Toy.model(2, .linear), try TensorDataset(inputs: inputs, targets: targets))
    let before = model.state
    let error = #expect(throws: TargetError.self) { try model.fit(data, loss: .meanSquaredError, progress: .silent) }
    #expect(error?.reason == "example 13 has nan, finite numbers are needed")
    #expect(throws: TargetError.self) {
      try model.fit(
        TensorDataset(inputs: inputs, targets: good), validation: data, loss: .meanSquaredError, progress: .silent)
    }
    #expect(model.state == before)
    // The number of the example in the data, not in its batch.
    var indices = Tensor<Float>(zeros: [70])
    indices[69] = 5
    let classes = try TensorDataset(inputs: hashed(1, [70, 8], 1), targets: indices)
    let index = #expect(throws: TargetError.self) {
      try Toy.model().fit(classes, loss: .sparseCategoricalCrossEntropy, progress: .silent)
    }
    #expect(index?.reason == "5.0 of example 69 is not a class index; whole numbers from 0 to 1 are needed")

    let listener = Listener()
    let generator = try GeneratedBatches(stepsPerEpoch: 2) { [targets] _ in
      var step = -1
      return {
        step += 1
        let rows = Array(10 * step..<10 * step + 10)
        return Batch(inputs: inputs.gathering(rows), targets: targets.gathering(rows))
      }
    }
    try model.fit(
      generator, loss: .meanSquaredError, nonFiniteLoss: .stop, callbacks: [listener], progress: .silent)
    #expect(
      listener.warnings == [
        "the loss is nan in epoch 1, batch 2 of 2: the training has diverged, first in the targets of the batch. "
          + "Remove or replace such numbers in the data"
      ])
    // A loss of a program may leave out what is missing.
    struct Known: Loss {
      func perExample(predicted: Variable<Float>, expected: Tensor<Float>) -> Variable<Float> {
        let known = Tensor<Float>(shape: expected.shape, scalars: expected.scalars.map { $0.isNaN ? 0 : 1 })
        let values = Tensor<Float>(shape: expected.shape, scalars: expected.scalars.map { $0.isNaN ? 0 : $0 })
        return ((predicted - Variable(values)) * Variable(known)).squared().sum([1])
      }
    }
    let history = try model.fit(data, loss: Known(), progress: .silent)
    #expect(history["loss"].allSatisfy { $0.isFinite })
  }

  @Test func theHistoryIsEncodedWithNull() throws {
    let history = try diverged().history
    let json = try JSONEncoder().encode(history)
    #expect(String(decoding: json, as: UTF8.self).contains("\"loss\":null"))
    let decoded = try JSONDecoder().decode(History.self, from: json)
    #expect(decoded.epochs.count == 3)
    #expect(decoded["loss"].allSatisfy { $0.isNaN })
    #expect(decoded["accuracy"] == history["accuracy"])
    #expect(!history.csv.contains("-nan"))
    // Finite figures keep their bits.
    let finite = try Toy.model().fit(Toy.data(), loss: .categoricalCrossEntropy, progress: .silent)
    let copy = try JSONDecoder().decode(History.self, from: JSONEncoder().encode(finite))
    #expect(copy == finite)
  }

  @Test func anEvaluationSaysIt() throws {
    let evaluation = try diverged().model.evaluate(Toy.data(), loss: .meanSquaredError, metrics: [Accuracy()])
    #expect(evaluation.nonFiniteCount == 64)
    #expect(evaluation.description.contains("not finite numbers for 64 of 64 examples"))
    // Without classes, nothing counts as one.
    #expect(!evaluation.description.contains("first class"))
    // Rows of NaN are read as the first class, as in Keras.
    #expect(try evaluation.classReading().predicted == [Int](repeating: 0, count: 64))
  }
}
