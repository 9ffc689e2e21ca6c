import Autograd
import NN
import Tensor
import Testing

/// Penalties on parameters and outputs. Against Keras they are held with all layers that have them, in ModelFormats.
struct RegularizerTests {
  private static let x = hashed([5, 7], seed: 1, limit: 2)
  /// The rate, and up to 35 numbers of up to 4 added, each rounded to 2⁻²⁴.
  private static let tolerance = 40 * 0x1p-24

  @Test(arguments: [
    (Regularizer.l1(0.5), 0.5, 0.0), (.l2(0.25), 0, 0.25), (.l1l2(l1: 0.5, l2: 0.25), 0.5, 0.25),
  ])
  func valueAndGradient(regularizer: Regularizer, l1: Double, l2: Double) throws {
    let x = Variable(tracking: Self.x)
    let numbers = Self.x.scalars.map { Double($0) }
    let penalty = regularizer(x)
    expectClose(
      penalty.value, [numbers.reduce(0) { $0 + l1 * $1.magnitude + l2 * $1 * $1 }], tolerance: Self.tolerance)
    expectClose(
      try #require(penalty.gradients()[x]), numbers.map { l1 * ($0 < 0 ? -1 : 1) + 2 * l2 * $0 },
      tolerance: Self.tolerance)
  }

  @Test func orthogonalRowsHaveNoPenalty() {
    let rotation: Tensor<Float> = Tensor(shape: [2, 2], scalars: [0.6, 0.8, -0.8, 0.6])
    #expect(Regularizer.orthogonal(2)(Variable(rotation)).value.scalar.magnitude < 1e-6)
    let parallel: Tensor<Float> = Tensor(shape: [2, 2], scalars: [1, 2, 2, 4])
    for vectors: Regularizer.Vectors in [.rows, .columns] {
      #expect((Regularizer.orthogonal(2, of: vectors)(Variable(parallel)).value.scalar - 2).magnitude < 1e-6)
    }
  }

  /// Keras 3.15: `OrthogonalRegularizer(2.0, mode)` and its gradient on TensorFlow.
  @Test(arguments: [
    (
      Regularizer.Vectors.rows, 0.4888889,
      [0, 0, 0, 0.07901236, -0.10864199, 0.06913581, -0.01422223, 0.0888889, 0.01066666]
    ),
    (.columns, 1.1689272, [0, 0, 0, 0.21802092, 0, 0.10040078, -0.07267366, 0.61437017, -0.05020039]),
  ])
  func aRowOfZerosHasNoDirection(vectors: Regularizer.Vectors, penalty: Double, slopes: [Double]) throws {
    let x = Variable(tracking: Tensor<Float>(shape: [3, 3], scalars: [0, 0, 0, 1, 2, 2, 3, 0, 4]))
    let found = Regularizer.orthogonal(2, of: vectors)(x)
    expectClose(found.value, [penalty], tolerance: Self.tolerance)
    expectClose(try #require(found.gradients()[x]), slopes, tolerance: Self.tolerance)
    let zeros = Variable(tracking: Tensor<Float>(zeros: [2, 2]))
    #expect(Regularizer.orthogonal(of: vectors)(zeros).gradients()[zeros] == Tensor(zeros: [2, 2]))
  }

  @Test func everyPenaltyOfALayerCounts() throws {
    let layer = Dense(
      3, kernelRegularizer: .l2(0.5), biasRegularizer: .l1(0.25), activityRegularizer: .l1l2(l1: 0.5, l2: 1))
    let model = try Sequential(input: [4], layers: [layer])
    layer.bias?.value = Tensor<Float>([1, -2, 3])
    let context = Context(.training)
    let output = model(Variable(hashed([6, 4], seed: 2)), context).value
    let expected =
      layer.weight.value.squared().sum().scalar * 0.5 + 6 * 0.25
      + (output.absolute().sum().scalar * 0.5 + output.squared().sum().scalar) / 6
    expectClose(try #require(model.penalty(context)).value, [Double(expected)], tolerance: Self.tolerance)
    // The outputs of one call count once.
    let weights = layer.weight.value.squared().sum().scalar * 0.5 + 6 * 0.25
    expectClose(try #require(model.penalty(context)).value, [Double(weights)], tolerance: Self.tolerance)
  }

  @Test func twoCallsOfALayerCountBoth() throws {
    let model = try Sequential(input: [4]) { ActivityRegularization(l1: 1) }
    let context = Context(.inference)
    for _ in 0..<2 { _ = model(Variable(Tensor(ones: [3, 4])), context) }
    #expect(model.penalty(context)?.value.scalar == 8)
    #expect(model.penalty(context) == nil)
    _ = model(Variable(Tensor(ones: [0, 4])), context)
    #expect(model.penalty(context) == nil)
  }

  /// Pooling and normalization are not computed together with a convolution whose own output is needed.
  @Test func theOutputOfAConvolutionInABlockIsPenalized() throws {
    let model = try Sequential(input: [2, 6, 6]) {
      Conv2D(3, kernelSize: 3, padding: .same, activation: .relu, activityRegularizer: .l1(1))
      MaxPool2D(2)
      BatchNorm()
    }
    let convolution = try #require(model.layers.first)
    let x = hashed([2, 2, 6, 6], seed: 3)
    for mode in [Context.Mode.inference, .training] {
      let context = Context(mode)
      _ = model(Variable(x), context)
      let output = convolution(x)
      let expected = output.sum().scalar / 2
      expectClose(try #require(model.penalty(context)).value, [Double(expected)], tolerance: 216 * 0x1p-24)
    }
  }
}
