import Autograd
import NN
import Tensor
import Testing

struct ActivationsTests {
  private static let features: Shape = [4, 7]
  private static let image: Shape = [2, 3, 2, 4]
  private static let sequence: Shape = [2, 4, 3]

  private static let named: [(String, Activation)] = [
    ("linear", .linear), ("relu", .relu), ("relu6", .relu6), ("leaky_relu", .leakyReLU(slope: 0.2)), ("elu", .elu()),
    ("celu", .celu()), ("selu", .selu), ("silu", .silu), ("gelu", .gelu), ("mish", .mish), ("sigmoid", .sigmoid),
    ("hard_sigmoid", .hardSigmoid), ("hard_silu", .hardSiLU), ("log_sigmoid", .logSigmoid),
    ("sparse_sigmoid", .sparseSigmoid), ("tanh", .tanh), ("hard_tanh", .hardTanh), ("tanh_shrink", .tanhShrink),
    ("soft_shrink", .softShrink()), ("hard_shrink", .hardShrink()), ("softplus", .softplus),
    ("squareplus", .squareplus()), ("sparse_plus", .sparsePlus), ("softsign", .softsign),
    ("exponential", .exponential), ("softmax", .softmax), ("log_softmax", .logSoftmax),
  ]

  private static let lines: [(String, Activation)] = [
    ("softmax", .softmax), ("log_softmax", .logSoftmax),
  ]

  private static let others: [(String, Activation)] = [
    ("celu 2", .celu(alpha: 2)), ("squareplus 2", .squareplus(b: 2)), ("soft_shrink 1", .softShrink(threshold: 1)),
    ("hard_shrink 1", .hardShrink(threshold: 1)),
  ]

  static let cases =
    named.map { KerasCase($0.0, ActivationLayer($0.1), features, limit: 7) }
    + lines.flatMap {
      [
        KerasCase("\($0.0) of an image", ActivationLayer($0.1), image),
        KerasCase("\($0.0) of a sequence", ActivationLayer($0.1), sequence),
      ]
    }
    + others.map { KerasCase($0.0, ActivationLayer($0.1), features, limit: 3) }
    + [
      KerasCase("tanh gelu", ActivationLayer(.tanhGELU), features, limit: 4),
      KerasCase("elu layer", ActivationLayer(.elu(alpha: 0.4)), image, limit: 3),
      KerasCase("leaky relu layer", ActivationLayer(.leakyReLU(slope: 0.3)), image, limit: 3),
      KerasCase("relu layer", ReLU(), image, limit: 3),
      KerasCase("relu with a maximum", ReLU(maximum: 1.5), image, limit: 3),
      KerasCase("relu with a slope", ReLU(slope: 0.2), image, limit: 3),
      KerasCase("relu with a threshold", ReLU(threshold: 0.7), image, limit: 3),
      KerasCase("relu with all", ReLU(maximum: 2, slope: 0.2, threshold: 0.7), image, limit: 3),
      KerasCase("prelu of features", PReLU(), features),
      KerasCase("prelu of an image", PReLU(), image),
      KerasCase("prelu for each channel", PReLU(sharedAxes: [1, 2]), image),
      KerasCase("prelu for each row", PReLU(sharedAxes: [-1, 0]), image),
      KerasCase("prelu for each time", PReLU(sharedAxes: [1]), sequence),
      KerasCase("softmax layer", Softmax(), image),
      KerasCase("softmax of rows", Softmax(axis: 1), image),
      KerasCase("softmax of times", Softmax(axis: 0), sequence),
      KerasCase("softmax of a plane", Softmax(axes: [1, 2]), image),
      KerasCase("softmax of rows and channels", Softmax(axes: [1, 0]), image),
    ]

  @Test(arguments: cases.map(\.name))
  func asInKeras(name: String) throws {
    try KerasCase.expectKeras(name, of: Self.cases, in: "activations.json")
  }

  @Test func rectifiersSayWhereTheyEnd() {
    #expect(Activation.relu.rectifierMaximum == .infinity && Activation.relu6.rectifierMaximum == 6)
    #expect(ReLU(maximum: 2).activation.rectifierMaximum == 2 && ReLU().activation == .relu)
    for other in [ReLU(slope: 0.1), ReLU(threshold: 1), ReLU(maximum: 6, slope: 0.1)] {
      #expect(other.activation.rectifierMaximum == nil)
    }
    #expect(Activation.leakyReLU(slope: 0).rectifierMaximum == nil)
  }

  @Test func optionsThatMakeNoSenseAreRefused() {
    var generator = RandomGenerator(seed: 0)
    let layers: [any Layer] = [
      ReLU(maximum: -1), ReLU(slope: -1), ReLU(threshold: .nan), PReLU(sharedAxes: [2]), Softmax(axis: 2),
      Softmax(axes: [0, -2]), Softmax(axes: []),
    ]
    for layer in layers {
      #expect(throws: LayerError.self) { try layer.build(inputShape: [3, 4], using: &generator) }
    }
  }

  @Test func aSoftmaxKeepsItsLogits() {
    let x = Variable(tracking: hashed([2, 3], seed: 1))
    #expect(Softmax()(x, Context(.inference)).isProbabilities)
    #expect(ActivationLayer(.sigmoid)(x, Context(.inference)).isProbabilities)
  }

  /// Keras's last axis: the channels of images, also of images in a sequence.
  @Test func aSoftmaxIsOverTheChannels() {
    for (shape, axis) in [([2, 3], 1), ([2, 4, 3], 2), ([2, 3, 2, 2], 1), ([2, 4, 3, 2, 2], 2)] as [(Shape, Int)] {
      let x = hashed(shape, seed: 2)
      #expect(Softmax()(x) == x.softmax(axis: axis))
    }
  }
}
