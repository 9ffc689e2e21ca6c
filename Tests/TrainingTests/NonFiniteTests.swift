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
    // Rows of NaN are read as the first class, as in Keras.
    #expect(try evaluation.classReading().predicted == [Int](repeating: 0, count: 64))
  }
}
