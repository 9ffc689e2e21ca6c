import Autograd
import NN
import Tensor
import Testing

struct ConvolutionsTests {
  private static let steps: Shape = [2, 7, 4]
  private static let pixels: Shape = [2, 3, 5, 4]

  private static let sequences: [(String, Conv1D)] = [
    ("conv1d", Conv1D(3, kernelSize: 3)),
    ("conv1d same", Conv1D(3, kernelSize: 4, padding: .same)),
    ("conv1d same stride 2", Conv1D(3, kernelSize: 3, stride: 2, padding: .same, activation: .relu)),
    ("conv1d causal", Conv1D(3, kernelSize: 3, padding: .causal)),
    ("conv1d causal dilation 2", Conv1D(3, kernelSize: 3, padding: .causal, dilation: 2, activation: .softmax)),
    ("conv1d causal stride 3", Conv1D(3, kernelSize: 2, stride: 3, padding: .causal)),
    ("conv1d groups", Conv1D(6, kernelSize: 2, groups: 2, activation: .tanh)),
    ("conv1d without bias", Conv1D(3, kernelSize: 1, useBias: false)),
  ]

  private static let transposed: [(String, Conv2DTranspose)] = [
    ("transpose", Conv2DTranspose(2, kernelSize: 3)),
    ("transpose same", Conv2DTranspose(2, kernelSize: 3, padding: .same)),
    ("transpose same even", Conv2DTranspose(2, kernelSize: Size(height: 2, width: 4), padding: .same)),
    ("transpose stride 2", Conv2DTranspose(2, kernelSize: 3, stride: 2, activation: .relu)),
    ("transpose stride 2 same", Conv2DTranspose(2, kernelSize: 3, stride: 2, padding: .same)),
    ("transpose stride 2 same even", Conv2DTranspose(2, kernelSize: 4, stride: 2, padding: .same)),
    ("transpose stride 3 small", Conv2DTranspose(2, kernelSize: 2, stride: 3)),
    ("transpose stride 3 small same", Conv2DTranspose(2, kernelSize: 2, stride: 3, padding: .same)),
    (
      "transpose strides",
      Conv2DTranspose(
        2, kernelSize: Size(height: 3, width: 2), stride: Size(height: 1, width: 2), padding: .same,
        activation: .softmax)
    ),
    ("transpose output padding", Conv2DTranspose(2, kernelSize: 3, stride: 2, outputPadding: 1)),
    ("transpose output padding 0", Conv2DTranspose(2, kernelSize: 2, stride: 3, outputPadding: 0)),
    (
      "transpose output padding same",
      Conv2DTranspose(2, kernelSize: 3, stride: 3, padding: .same, outputPadding: Size(height: 2, width: 0))
    ),
    (
      "transpose output padding same even",
      Conv2DTranspose(2, kernelSize: 4, stride: 2, padding: .same, outputPadding: 1)
    ),
    ("transpose dilation", Conv2DTranspose(2, kernelSize: 3, dilation: 2)),
    (
      "transpose dilation same",
      Conv2DTranspose(
        2, kernelSize: Size(height: 3, width: 2), padding: .same, dilation: Size(height: 2, width: 3), useBias: false)
    ),
  ]

  private static let depthwise: [(String, DepthwiseConv2D)] = [
    ("depthwise", DepthwiseConv2D(kernelSize: 3)),
    ("depthwise same stride 2", DepthwiseConv2D(kernelSize: 3, stride: 2, padding: .same, activation: .relu)),
    (
      "depthwise multiplier",
      DepthwiseConv2D(kernelSize: Size(height: 3, width: 2), padding: .same, depthMultiplier: 2)
    ),
    (
      "depthwise multiplier dilation",
      DepthwiseConv2D(kernelSize: 2, depthMultiplier: 3, dilation: 2, useBias: false)
    ),
    ("depthwise softmax", DepthwiseConv2D(kernelSize: 2, depthMultiplier: 2, activation: .softmax)),
  ]

  private static let separable: [(String, SeparableConv2D)] = [
    ("separable", SeparableConv2D(4, kernelSize: 3)),
    (
      "separable multiplier",
      SeparableConv2D(4, kernelSize: 3, stride: 2, padding: .same, depthMultiplier: 2, activation: .relu)
    ),
    ("separable dilation", SeparableConv2D(2, kernelSize: 2, dilation: 2, activation: .silu)),
    ("separable without bias", SeparableConv2D(2, kernelSize: 3, useBias: false)),
  ]

  static let cases =
    sequences.map { KerasCase($0.0, $0.1, steps) } + transposed.map { KerasCase($0.0, $0.1, pixels) }
    + depthwise.map { KerasCase($0.0, $0.1, pixels) } + separable.map { KerasCase($0.0, $0.1, pixels) }

  @Test(arguments: cases.map(\.name))
  func asInKeras(name: String) throws {
    try KerasCase.expectKeras(name, of: Self.cases, in: "convolutions.json")
  }

  @Test func shapesThatCannotWorkAreRefused() {
    var generator = RandomGenerator(seed: 0)
    let cases: [(any Layer, Shape)] = [
      (Conv1D(3, kernelSize: 3), [2, 4]), (Conv1D(3, kernelSize: 3), [2, 4, 4]),
      (Conv1D(3, kernelSize: 1, groups: 2), [5, 4]), (Conv1D(4, kernelSize: 1, groups: 0), [5, 4]),
      (Conv1D(3, kernelSize: 0, padding: .causal), [5, 4]), (Conv2DTranspose(2, kernelSize: 3), [4, 4]),
      (Conv2DTranspose(2, kernelSize: 3, stride: 2, outputPadding: 2), [1, 4, 4]),
      (Conv2DTranspose(0, kernelSize: 3), [1, 4, 4]),
      (Conv2DTranspose(2, kernelSize: 4, padding: .same, outputPadding: 0), [1, 1, 1]),
      (Conv2DTranspose(2, kernelSize: Size(Int.max)), [1, 4, 4]),
      (DepthwiseConv2D(kernelSize: 3, depthMultiplier: 0), [2, 4, 4]),
      (DepthwiseConv2D(kernelSize: 3, depthMultiplier: .max), [2, 4, 4]),
      (DepthwiseConv2D(kernelSize: 5), [2, 4, 4]), (SeparableConv2D(0, kernelSize: 3), [2, 4, 4]),
      (SeparableConv2D(2, kernelSize: 5), [2, 4, 4]),
    ]
    for (layer, shape) in cases {
      #expect(throws: LayerError.self) { try layer.build(inputShape: shape, using: &generator) }
    }
  }

  @Test func namesPenaltiesAndCosts() throws {
    var generator = RandomGenerator(seed: 0)
    let separable = SeparableConv2D(
      4, kernelSize: 3, depthMultiplier: 2, depthwiseRegularizer: .l2(0.1), pointwiseRegularizer: .l2(0.2))
    let output = try separable.build(inputShape: [3, 6, 5], using: &generator)
    #expect(separable.namedParameters.map(\.name) == ["depthwiseWeight", "pointwiseWeight", "bias"])
    #expect(separable.penalties.map(\.regularizer) == [.l2(0.1), .l2(0.2)])
    #expect(separable.multiplyAdds(inputShape: [3, 6, 5], outputShape: output) == 4 * 3 * 6 * (9 + 4))
    let transpose = Conv2DTranspose(2, kernelSize: 3, stride: 2, useBias: false, l2: 0.1)
    let larger = try transpose.build(inputShape: [3, 6, 5], using: &generator)
    #expect(larger == [2, 13, 11] && transpose.namedParameters.map(\.name) == ["weight"])
    #expect(transpose.multiplyAdds(inputShape: [3, 6, 5], outputShape: larger) == 90 * 2 * 9)
  }

  /// What is cut off explicitly, as PyTorch's padding does.
  @Test func explicitPaddingCutsOff() throws {
    var generator = RandomGenerator(seed: 0)
    let full = Conv2DTranspose(2, kernelSize: 3, stride: 2)
    let cut = Conv2DTranspose(
      2, kernelSize: 3, stride: 2, padding: .explicit(top: 1, bottom: 2, left: 0, right: 3), outputPadding: 1)
    _ = try full.build(inputShape: [3, 4, 4], using: &generator)
    #expect(try cut.build(inputShape: [3, 4, 4], using: &generator) == [2, 7, 7])
    cut.weight.value = full.weight.value
    let x = hashed([2, 3, 4, 4], seed: 1)
    let whole = full(x).padded([(0, 0), (0, 0), (0, 1), (0, 1)])
    let expected = whole.slice(1..<8, axis: 2).slice(0..<7, axis: 3)
    expectClose(cut(x), expected.scalars.map(Double.init), tolerance: 1e-6)
  }

  @Test func aFrozenLayerPassesTheGradientOn() throws {
    let layer = DepthwiseConv2D(kernelSize: 3, padding: .same)
    var generator = RandomGenerator(seed: 0)
    _ = try layer.build(inputShape: [4, 6, 6], using: &generator)
    let x = hashed([2, 4, 6, 6], seed: 1)
    let all = try pass(layer, x, .training)
    layer.isTrainable = false
    let frozen = try pass(layer, x, .training)
    #expect(frozen.gradients == [all.gradients[0]] && all.gradients.count == 3)
  }
}
