import Autograd
import NN
import Optim
import Tensor
import TestSupport
import Testing

/// A batch of no examples goes through layers, losses and optimizers: empty outputs, gradients of zeros, a loss of NaN.
struct EmptyTests {
  @Test(arguments: LayerCase.all.map(\.name))
  func layersOfNothing(name: String) throws {
    let layerCase = try #require(LayerCase.all.first { $0.name == name })
    let layer = layerCase.layer
    try build(layer, batch: layerCase.input.shape)
    let empty = Shape([0] + layerCase.input.shape.dropFirst())
    for mode in [Context.Mode.inference, .training] {
      let x = Variable(tracking: Tensor<Float>(zeros: empty))
      let output = layer(x, Context(mode))
      #expect(output.shape == Shape([0] + layer(layerCase.input).shape.dropFirst()))
      let gradients = output.sum().gradients()
      #expect(gradients[x]?.shape == empty)
      for parameter in layer.parameters where mode == .training {
        #expect(gradients[parameter] == Tensor(zeros: parameter.value.shape))
      }
    }
    #expect(layer(Tensor(zeros: empty)).count == 0)
  }

  @Test func normalizationAndDropoutOfNothing() throws {
    for shape in [[0, 3], [0, 3, 4, 4]] as [Shape] {
      let model = try Sequential(input: Shape(shape.dropFirst())) {
        Dropout(0.5)
        BatchNorm()
      }
      let x = Variable(tracking: Tensor<Float>(zeros: shape))
      #expect(model(x.value).shape == shape)
      #expect(model(x, Context(.inference)).sum().gradients()[x]?.shape == shape)
    }
  }

  @Test func modelsOfNothing() throws {
    let model = try Sequential(input: [3, 12, 12]) {
      Conv2D(16, kernelSize: 3, padding: .same, activation: .relu)
      MaxPool2D(2)
      Conv2D(16, kernelSize: 3, activation: .relu)
      Conv2D(8, kernelSize: 1)
      AveragePool2D(2)
      ZeroPad2D(top: 1, bottom: 0, left: 0, right: 1)
      Flatten()
      Dense(4, activation: .softmax)
    }
    let x = Tensor<Float>(zeros: [0, 3, 12, 12])
    #expect(model(x).shape == [0, 4])
    let before = model.state
    let loss = CategoricalCrossEntropy()(model(Variable(x), Context(.training)), Tensor(zeros: [0, 4]))
    #expect(loss.value.scalar.isNaN)
    let gradients = model(Variable(x), Context(.training)).sum().gradients()
    for parameter in model.parameters { #expect(gradients[parameter] == Tensor(zeros: parameter.value.shape)) }
    Adam().update(model.parameters, with: gradients)
    #expect(model.state == before)
  }

  @Test func lossesOfNothing() throws {
    let cases: [(any Loss, Shape, Shape)] = [
      (.categoricalCrossEntropy, [0, 3], [0, 3]), (.categoricalCrossEntropy, [0, 3, 2, 2], [0, 3, 2, 2]),
      (.categoricalCrossEntropy(fromLogits: true, labelSmoothing: 0.1), [0, 3], [0, 3]),
      (.sparseCategoricalCrossEntropy, [0, 3], [0]), (.sparseCategoricalCrossEntropy, [0, 3, 2, 2], [0, 2, 2]),
      (.sparseCategoricalCrossEntropy(fromLogits: true), [0, 3], [0, 1]), (.binaryCrossEntropy, [0, 3], [0, 3]),
      (.binaryCrossEntropy(fromLogits: true), [0, 1], [0, 1]), (.meanSquaredError, [0, 3], [0, 3]),
      (.meanSquaredError, [0], [0]), (.meanSquaredError, [2, 0], [2, 0]),
    ]
    for (loss, predicted, expected) in cases {
      let x = Variable(tracking: Tensor<Float>(zeros: predicted))
      try loss.check(predicted: predicted, expected: Tensor(zeros: expected))
      #expect(loss.perExample(predicted: x, expected: Tensor(zeros: expected)).shape == [predicted[0]])
      let mean = loss(x, Tensor(zeros: expected))
      #expect(mean.shape == [] && mean.value.scalar.isNaN, "\(loss) \(predicted)")
      #expect(mean.gradients()[x]?.shape == predicted)
    }
  }
}
