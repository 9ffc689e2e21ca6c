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
    #expect(model.summary().contains("Trainable parameters: 34"))
    #expect(model.trainableParameters.reduce(0) { $0 + $1.value.count } == 34)
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

  /// A conversion of colours, say, is a parameter that no training may change, whatever is frozen and freed around it.
  @Test func constantsStayFixed() throws {
    let backbone = try backbone()
    let constant = try #require(backbone.parameters.first)
    constant.fix()
    let model = try Sequential(input: [3, 8, 8]) {
      backbone
      Dense(2)
    }
    #expect(model.isTrainable)
    for copy in [model, try model.copy()] {
      copy.isTrainable = false
      #expect(!copy.isTrainable)
      copy.isTrainable = true
      #expect(copy.isTrainable && copy.parameters.map(\.isTrainable) == model.parameters.map { $0 !== constant })
      let before = copy.state
      train(copy)
      let changed = copy.namedParameters.filter { before[$0.name] != $0.parameter.value }
      #expect(changed.count == copy.parameters.count - 1)
      #expect(copy.parameters[0].value == constant.value)
    }
  }

  /// A call that trains in inference too changes when its layer is frozen, in the model and in one inside.
  @Test(arguments: [false, true]) func frozenLayersThatTrainInInference(isInside: Bool) throws {
    let (dropout, norm, input) = (Dropout(0.5), BatchNorm(), Input([4]))
    let trained = norm(dropout(input, training: true), training: true)
    let part = try Model(input: input, output: trained)
    let model = isInside ? try Sequential(input: [4], layers: [part]) : part
    let x = Variable(sample([8, 4]) as Tensor<Float>)
    func expectLayers(sourceLocation: SourceLocation = #_sourceLocation) {
      let statistics = norm.namedBuffers.map(\.buffer.value)
      let found = model(x, Context(.inference, seed: 3)).value
      let after = norm.namedBuffers.map(\.buffer.value)
      for (buffer, value) in zip(norm.namedBuffers, statistics) { buffer.buffer.value = value }
      let context = Context(
        appliesDropout: true, usesBatchStatistics: true, recordsGradients: false, generator: RandomGenerator(seed: 3))
      // Statistics of 8 numbers, each rounded in another order.
      let bound: Float = 64 * 0x1p-24
      #expect(deviation(found, from: norm(dropout(x, context), context).value) < bound, sourceLocation: sourceLocation)
      for (found, expected) in zip(after, norm.namedBuffers.map(\.buffer.value)) {
        #expect(deviation(found, from: expected) < bound, sourceLocation: sourceLocation)
      }
    }
    for isTrainable in [true, false, true] {
      model.isTrainable = isTrainable
      expectLayers()
    }
  }
}
