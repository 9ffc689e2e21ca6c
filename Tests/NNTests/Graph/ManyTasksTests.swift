import Autograd
import NN
import Optim
import Tensor
import TestSupport
import Testing

/// One model, many tasks. That this compiles in Swift 6 mode is a part of the test.
struct ManyTasksTests {
  private func model() throws -> Sequential {
    try Sequential(input: [3, 16, 16], seed: 2) {
      Conv2D(16, kernelSize: 3, padding: .same, activation: .relu)
      MaxPool2D(2)
      Dropout(0.3)
      BatchNorm()
      Residual { Conv2D(16, kernelSize: 3, padding: .same, activation: .relu) }
      Conv2D(8, kernelSize: 1, activation: .leakyReLU(slope: 0.1))
      GlobalAveragePool2D()
      Dense(4, activation: .softmax)
    }
  }

  /// Image sizes for which filters are prepared differently, so that tasks replace one another's.
  @Test func eightTasksPredictTheSameBits() async throws {
    let model = try model()
    let images = [16, 32, 8].map { hashed([2, 3, $0, $0], seed: 1) }
    let expected = images.map { try? self.model()($0) }
    let found = await withTaskGroup(of: [Tensor<Float>].self) { group in
      for task in 0..<8 {
        group.addTask {
          (0..<12).map { model(images[($0 + task) % 3]) }
        }
      }
      var found: [[Tensor<Float>]] = []
      for await results in group { found.append(results) }
      return found
    }
    #expect(found.count == 8)
    for result in found.joined() {
      #expect(expected.contains(result))
    }
  }

  /// Trained by one task and read by others meanwhile; then called by another one.
  @Test func oneTaskTrainsWhileOthersPredict() async throws {
    let model = try model()
    let images = hashed([8, 3, 16, 16], seed: 1)
    let targets = Tensor(oneHot: Tensor((0..<8).map { Float($0 % 4) }), classCount: 4)

    let training = Task {
      let optimizer = Adam(learningRate: 0.01)
      let context = Context(.training, seed: 1)
      for _ in 0..<6 {
        let loss = CategoricalCrossEntropy()(model(Variable(images), context), targets)
        optimizer.update(model.parameters, with: loss.gradients())
      }
    }
    let during = await withTaskGroup(of: Bool.self) { group in
      for _ in 0..<3 {
        group.addTask {
          (0..<6).allSatisfy { _ in
            let sums = model(images).sum([1])
            return (sums - 1).absolute().max().scalar < 1e-5 && model.state.count == 12
          }
        }
      }
      return await group.reduce(true) { $0 && $1 }
    }
    #expect(during)
    await training.value

    // The same as a training that nobody has looked at.
    let alone = try self.model()
    let (optimizer, context) = (Adam(learningRate: 0.01), Context(.training, seed: 1))
    for _ in 0..<6 {
      let loss = CategoricalCrossEntropy()(alone(Variable(images), context), targets)
      optimizer.update(alone.parameters, with: loss.gradients())
    }
    #expect(alone.state == model.state)
    #expect(await Task { model(images) }.value == alone(images))
  }

  @Test func propertiesMayBeReadWhileTheyAreSet() async throws {
    let model = try model()
    await withTaskGroup(of: Void.self) { group in
      for task in 0..<4 {
        group.addTask {
          for step in 0..<50 {
            if task == 0 { model.metadata = ["step": "\(step)"] }
            _ = (model.metadata, model.inputShape, model.layerOutputShapes)
          }
        }
      }
    }
    #expect(model.metadata == ["step": "49"])
  }
}
