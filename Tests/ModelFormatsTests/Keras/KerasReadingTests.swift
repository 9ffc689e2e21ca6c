import Autograd
import Foundation
import ModelFormats
import NN
import Optim
import Serialization
import Tensor
import Testing

/// Models that Keras has written, with what they predict there.
@Suite struct KerasReadingTests {
  @Test(
    arguments: ["3.0.5", "3.15.1"], ["classifier", "trained", "options", "vectors"])
  func predictionsAreThoseOfKeras(version: String, name: String) throws {
    let path = fixturePath("Keras/\(version)/\(name)")
    try expectPredictions(of: Sequential(contentsOf: path + ".keras"), path)
  }

  /// Functional models, models inside models, classes that become several layers, and the older form of a file.
  @Test(arguments: ["mobile.keras", "nested.keras", "grouped.h5"])
  func otherFormsOfModelsAreRead(name: String) throws {
    let path = fixturePath("Keras/3.15.1/\(name)")
    let base = String(path[..<(path.lastIndex(of: ".") ?? path.endIndex)])
    try expectPredictions(of: Model(contentsOf: path), base)
  }

  /// Three steps were made in Keras; three more here lead where three more there did.
  @Test func trainingGoesOnFromTheStateOfKeras() throws {
    let path = fixturePath("Keras/3.15.1/adam.trained")
    let file = try KerasFile(contentsOf: path + ".keras")
    let training = try #require(file.training)
    let adam = try #require(training.optimizer as? Adam)
    #expect(adam.learningRate == .constant(0.01) && adam.epsilon == 1e-5 && adam.stepCount == 3)
    #expect(training.loss is CategoricalCrossEntropy && training.metrics.first is Accuracy)
    let x = try Tensor(npyFile: path + ".x.npy").permuted([0, 3, 1, 2])
    let targets = try Tensor(npyFile: path + ".t.npy")
    let context = Context(.training)
    for _ in 0..<3 {
      let loss = training.loss(file.model(Variable(x), context), targets)
      training.optimizer.update(file.model.parameters, with: loss.gradients())
    }
    let expected = try Tensor(npyFile: path + ".y.npy")
    #expect((file.model(x) - expected).scalars.allSatisfy { abs($0) <= 2e-5 })
  }

  private func expectPredictions(of model: Model, _ path: String) throws {
    let x = try Tensor(npyFile: path + ".x.npy")
    let expected = try Tensor(npyFile: path + ".y.npy")
    let predicted = model(x.rank == 4 ? x.permuted([0, 3, 1, 2]) : x)
    #expect(predicted.shape == expected.shape)
    // Sums of some hundred products of numbers near 1, each rounded to 2⁻²⁴.
    #expect((predicted - expected).scalars.allSatisfy { abs($0) <= 1e-5 }, "\(predicted) \(expected)")
  }
}
