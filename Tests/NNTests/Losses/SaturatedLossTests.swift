import Autograd
import NN
import Optim
import Tensor
import TestSupport
import Testing

/// Behind a softmax or a sigmoid the losses are computed from the logits, as by Keras on TensorFlow: probabilities that
/// round to 0 or 1 still teach.
struct SaturatedLossTests {
  /// A linear layer with weights of 100: for the first of two examples the wrong class has the logit 100.
  private func model(_ activation: Activation, units: Int = 3) throws -> Sequential {
    let model = try Sequential(input: [4]) { Dense(units, activation: activation) }
    var weight = Tensor<Float>(zeros: [4, units])
    for index in 0..<units { weight[index, index] = 100 }
    model.parameters[0].value = weight
    return model
  }

  private let inputs = Tensor<Float>(identity: 4)[0..<2]

  /// Keras 3.15 on TensorFlow: loss 50, and after a step of SGD at rate 1 the first row is [99.5, 0.5, 0].
  @Test func categorical() throws {
    let oneHot = Tensor<Float>(shape: [2, 3], scalars: [0, 1, 0, 0, 1, 0])
    let cases: [(any Loss, Tensor<Float>)] = [
      (.categoricalCrossEntropy, oneHot), (.sparseCategoricalCrossEntropy, Tensor([1, 1])),
      (.categoricalCrossEntropy(fromLogits: true), oneHot),
    ]
    for (loss, expected) in cases {
      let model = try model(.softmax)
      // Inference and training report the same loss.
      #expect(loss(model(Variable(inputs), Context(.inference)), expected).value.scalar == 50)
      let value = loss(model(Variable(inputs), Context(.training)), expected)
      #expect(value.value.scalar == 50)
      SGD(learningRate: 1).update(model.parameters, with: value.gradients())
      #expect(model.parameters[0].value.scalars == [99.5, 0.5, 0, 0, 100, 0, 0, 0, 100, 0, 0, 0], "\(loss)")
    }
  }

  /// An activation layer behind the linear one is the same; with something in between, probabilities are all that is
  /// known: -log 10⁻⁷ for the first example, and no gradient.
  @Test func whereTheLogitsAreKnown() throws {
    let linear = try model(.linear)
    let oneHot = Tensor<Float>(shape: [2, 3], scalars: [0, 1, 0, 0, 1, 0])
    let loss = CategoricalCrossEntropy()
    let split = try Sequential(input: [4], layers: linear.layers + [ActivationLayer(.softmax), Dropout(0)])
    #expect(loss(split(Variable(inputs), Context(.training)), oneHot).value.scalar == 50)
    let nested = try Sequential(input: [4]) { Sequential { split } }
    #expect(loss(nested(Variable(inputs), Context(.training)), oneHot).value.scalar == 50)

    let scaled = try Sequential(input: [4], layers: linear.layers + [ActivationLayer(.softmax), Rescaling(1)])
    let clipped = loss(scaled(Variable(inputs), Context(.training)), oneHot)
    #expect(abs(clipped.value.scalar - 8.059048) < 1e-5)
    #expect(clipped.gradients()[linear.parameters[0]] == Tensor(zeros: [4, 3]))
    #expect(abs(loss(Variable(split(inputs)), oneHot).value.scalar - 8.059048) < 1e-5)
  }

  /// Logits 100 and 0 for the first example, 0 and 100 for the second, all of them wrong: (100 + log 2) / 2 each.
  @Test func binary() throws {
    let expected = Tensor<Float>(shape: [2, 2], scalars: [0, 1, 1, 0])
    for loss in [BinaryCrossEntropy(), BinaryCrossEntropy(fromLogits: true)] {
      let model = try model(.sigmoid, units: 2)
      #expect(abs(loss(model(Variable(inputs), Context(.inference)), expected).value.scalar - 50.346573) < 1e-5)
      let value = loss(model(Variable(inputs), Context(.training)), expected)
      #expect(abs(value.value.scalar - 50.346573) < 1e-5)
      SGD(learningRate: 4).update(model.parameters, with: value.gradients())
      // σ - t is 1 and -½ for the first example.
      #expect(model.parameters[0].value.scalars == [99, 0.5, 0.5, 99, 0, 0, 0, 0])
    }
  }

  /// Inference joins layers, but not the sigmoid of an output with the layer in front: its logits are still known.
  @Test(arguments: [
    "pooled", "features", "convolution", "padded", "normalized", "pixels", "slices", "classes in slices",
  ])
  func inferenceKnowsTheLogitsOfAnOutput(_ ending: String) throws {
    let image = Input([4, 64, 64])
    let wide =
      ending.hasSuffix("slices")
      ? DepthwiseConv2D(kernelSize: 3, padding: .same)(Conv2D(192, kernelSize: 1)(image)) : image
    let output =
      switch ending {
      case "pooled": Dense(2, activation: .sigmoid)(GlobalAveragePool2D()(image))
      case "features": Dense(64, activation: .sigmoid)(Flatten()(MaxPool2D(2)(image)))
      case "convolution": Conv2D(2, kernelSize: 1, activation: .sigmoid)(image)
      case "padded":
        Conv2D(2, kernelSize: 3, activation: .sigmoid)(ZeroPad2D(top: 1, bottom: 1, left: 1, right: 1)(image))
      case "normalized": ActivationLayer(.sigmoid)(BatchNorm()(Conv2D(2, kernelSize: 1)(image)))
      case "pixels": Dense(2, activation: .sigmoid, actsOnPixels: true)(image)
      case "slices": Conv2D(2, kernelSize: 1, activation: .sigmoid)(wide)
      default: Conv2D(2, kernelSize: 1, activation: .softmax)(wide)
      }
    let model = try Model(input: image, output: output, seed: 1)
    for parameter in model.parameters { parameter.value = parameter.value * 100_000 }
    // Seven examples do not fit the cache of a model with slices.
    let images: Tensor<Float> = sample([7, 4, 64, 64])
    let shape = try #require(model.outputShape)
    let targets = Tensor<Float>(ones: Shape([7] + shape))
    let isOfClasses = ending.hasPrefix("classes")
    let losses: [any Loss] =
      isOfClasses ? [CategoricalCrossEntropy()] : [BinaryCrossEntropy(), BinaryFocalCrossEntropy()]
    for loss in losses {
      let expected = loss(model(Variable(tracking: images), Context(.inference)), targets).value.scalar
      let found = loss(model(Variable(images), Context(.inference)), targets).value.scalar
      // Clipped probabilities give 16 at most.
      #expect(expected > 20)
      #expect(abs(found - expected) < 1e-4 * expected, "\(ending)")
    }
  }

  /// Keras 3.15: `BinaryCrossentropy(from_logits=True)`. What is left of the loss of a sure and right answer is not rounded to 0.
  @Test(arguments: [
    (Float(17), Float(1), Float(4.1399378e-8)), (-17, 0, 4.1399378e-8), (30, 1, 9.357623e-14), (5, 1, 0.0067153485),
  ])
  func aSmallLossIsExact(logit: Float, target: Float, expected: Float) {
    let (x, targets) = (
      Tensor<Float>(shape: [1, 1], scalars: [logit]), Tensor<Float>(shape: [1, 1], scalars: [target])
    )
    let losses: [any Loss] = [
      .binaryCrossEntropy(fromLogits: true), BinaryFocalCrossEntropy(gamma: 0, fromLogits: true),
    ]
    for loss in losses {
      // The kernel of softplus is exact to 4 units in the last place.
      #expect(abs(loss(Variable(x), targets).value.scalar - expected) <= 5 * expected.ulp, "\(loss)")
    }
  }

  @Test func labelSmoothingAndWeightsCountAlike() throws {
    let (x, targets) = (hashed([4, 3], seed: 1, limit: 30), Tensor(oneHot: Tensor([0, 1, 2, 0]), classCount: 3))
    let weights = Tensor<Float>([1, 0, 2, 0.5])
    func gradient(_ loss: any Loss, _ output: (Variable<Float>) -> Variable<Float>) throws -> Tensor<Float> {
      let tracked = Variable(tracking: x)
      return try #require(loss(output(tracked), targets, weights: weights).gradients()[tracked])
    }
    #expect(
      try gradient(.categoricalCrossEntropy(labelSmoothing: 0.1)) { $0.softmax() }
        == gradient(.categoricalCrossEntropy(fromLogits: true, labelSmoothing: 0.1)) { $0 })
    #expect(
      try gradient(.binaryCrossEntropy(labelSmoothing: 0.1)) { $0.sigmoid() }
        == gradient(.binaryCrossEntropy(fromLogits: true, labelSmoothing: 0.1)) { $0 })
  }
}
