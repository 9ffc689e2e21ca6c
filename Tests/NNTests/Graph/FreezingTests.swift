import Autograd
import NN
import Optim
import Tensor
import TestSupport
import Testing

struct FreezingTests {
  private func backbone() throws -> Sequential {
    try Sequential(input: [3, 8, 8], seed: 2) {
      Conv2D(16, kernelSize: 3, padding: .same, useBias: false)
      BatchNorm()
      ActivationLayer(.relu)
      MaxPool2D(2)
      Residual {
        Conv2D(16, kernelSize: 3, padding: .same)
        BatchNorm()
      }
      GlobalAveragePool2D()
    }
  }

  private func train(_ model: Model, steps: Int = 3) {
    let optimizer = Adam(learningRate: 0.01)
    for step in 0..<steps {
      let x = Variable(sample([4, 3, 8, 8], seed: UInt64(step)) as Tensor<Float>)
      let loss = model(x, Context(.training, seed: UInt64(step))).squared().sum()
      optimizer.update(model.parameters, with: loss.gradients())
    }
  }

  @Test func onlyTheHeadIsTrained() throws {
    let backbone = try backbone()
    let model = try Sequential(input: [3, 8, 8]) {
      backbone
      Dense(2).named("head")
    }
    backbone.isTrainable = false
    #expect(!backbone.isTrainable && !model.isTrainable)
    #expect(try model.layer("head").isTrainable)
    let (before, head) = (backbone.state, try model.layer("head").state)
    train(model)
    #expect(backbone.state == before)
    #expect(try model.layer("head").state != head)
    #expect(model.summary().contains("Trained parameters: 34"))
    backbone.isTrainable = true
    train(model)
    for (name, value) in backbone.state { #expect(before[name] != value, "\(name)") }
  }

  /// Frozen layers compute in training what they compute in inference, by the same operations.
  @Test func frozenIsInference() throws {
    let backbone = try backbone()
    for (index, buffer) in backbone.namedBuffers.enumerated() {
      buffer.buffer.value = (sample(buffer.buffer.value.shape, seed: UInt64(index)) as Tensor<Float>).absolute() + 0.5
    }
    let x: Tensor<Float> = sample([2, 3, 8, 8])
    #expect(backbone(Variable(x), Context(.training)).value != backbone(x))
    let expected = backbone(x)
    backbone.isTrainable = false
    let output = backbone(Variable(x), Context(.training))
    #expect(output.value == expected && !output.needsGradient)
  }

  /// The gradient of the input goes through frozen layers, and is that of inference.
  @Test func gradientsPassFrozenLayers() throws {
    let backbone = try backbone()
    let first = Conv2D(3, kernelSize: 1)
    let model = try Sequential(input: [3, 8, 8], layers: [first, backbone])
    backbone.isTrainable = false
    let x = Variable(tracking: sample([2, 3, 8, 8]) as Tensor<Float>)
    let gradients = model(x, Context(.training)).sum().gradients()
    let context = Context(appliesDropout: false, usesBatchStatistics: false, recordsGradients: true)
    backbone.isTrainable = true
    let expected = model(x, context).sum().gradients()
    for parameter in first.parameters {
      let (found, expected) = (try #require(gradients[parameter]), try #require(expected[parameter]))
      #expect(deviation(found, from: expected) < 32 * 0x1p-24)
    }
    #expect(backbone.parameters.allSatisfy { gradients[$0] == nil })
    #expect(try deviation(#require(gradients[x]), from: #require(expected[x])) < 32 * 0x1p-24)
  }

  @Test func aFrozenNormalizationKeepsItsStatistics() throws {
    let model = try Sequential(input: [4]) {
      BatchNorm()
      BatchNorm(useScale: false, useShift: false)
    }
    try model.layer("batch_norm").isTrainable = false
    try model.layer("batch_norm_1").isTrainable = false
    let before = model.state
    _ = model(Variable(sample([8, 4]) as Tensor<Float>), Context(.training))
    #expect(model.state == before)
  }

  @Test func frozenParametersHaveNoPenalty() throws {
    let model = try Sequential(input: [3], layers: [Dense(2, l2: 0.1), Dense(1, l2: 0.1)])
    let whole = try #require(model.penalty(Context(.training))).value.scalar
    model.layers[0].isTrainable = false
    let rest = try #require(model.penalty(Context(.training))).value.scalar
    #expect(rest > 0 && rest < whole)
    model.isTrainable = false
    #expect(model.penalty(Context(.training)) == nil)
  }
}
