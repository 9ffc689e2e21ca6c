import Tensor
import TestSupport
import Testing

/// A convolution through a prologue is that of what the prologue makes of the images.
struct ConvolutionPrologueTests {
  /// Single pixels in one part and in several, images that share a block of pixels, few channels and many; and algorithms
  /// for which the images are computed before.
  private static let cases =
    ConvolutionEpilogueTests.cases + [
      FusedCase(5, 24, 40, on: 3, Window(1)), FusedCase(1, 513, 17, on: 5, Window(1)),
      FusedCase(2, 144, 24, on: 30, Window(1)), FusedCase(3, 96, 300, on: 14, Window(1)),
      FusedCase(2, 33, 20, on: 9, Window(1, stride: 2)), FusedCase(1, 40, 20, in: 2, on: 6, Window(1)),
      FusedCase(1, 16, 20, on: 4, Window(1, padding: .explicit(top: 1, bottom: 0, left: 2, right: 1))),
    ]

  @Test(arguments: cases) func factorsOfImagesAreProducts(item: FusedCase) {
    let operands = FusedOperands(item)
    let factor: Tensor<Float> = sample([item.batch, item.channels], seed: 8)
    let product = operands.input * factor.reshaped(to: [item.batch, item.channels, 1, 1])
    let expected = FusedOperands(item, input: product).output(ConvolutionEpilogue(activation: .silu)).values
    for (name, input) in everyLayout(of: operands.input) {
      let found = operands.fused.output(
        input, filters: operands.fused.prepare(operands.weight), bias: operands.bias,
        epilogue: ConvolutionEpilogue(activation: .silu), prologue: ConvolutionPrologue(factor: factor))
      #expect(found.values == expected, "\(name)")
    }
  }

  /// Factor and shift round twice, or once in one fused operation. Sums of C products of numbers of up to 4 follow, so that
  /// their errors, 4u with u = 2⁻²⁴, become less than 4uC. Winograd's transforms have errors of up to 5e-5 of the largest.
  @Test(arguments: cases, [false, true]) func factorsAndShiftsAreThoseOfTensors(item: FusedCase, appliesReLU: Bool) {
    let operands = FusedOperands(item)
    let (factor, shift): (Tensor<Float>, Tensor<Float>) = (
      sample([item.channels], seed: 8), sample([item.channels], seed: 9)
    )
    let vector: Shape = [1, item.channels, 1, 1]
    let affine = operands.input * factor.reshaped(to: vector) + shift.reshaped(to: vector)
    let expected = FusedOperands(item, input: appliesReLU ? affine.relu() : affine).output(ConvolutionEpilogue()).values
    let found = operands.fused.output(
      operands.input, filters: operands.fused.prepare(operands.weight), bias: operands.bias,
      epilogue: ConvolutionEpilogue(),
      prologue: ConvolutionPrologue(factor: factor, shift: shift, appliesReLU: appliesReLU))
    let products = Float(item.channels / item.groups * item.window.size.area)
    let bound = 4 * 0x1p-24 * products + 5e-5 * expected.absolute().max().scalar
    #expect(deviation(found.values, from: expected) < bound)
  }

  @Test func bitsDoNotDependOnTheNumberOfThreads() {
    let item = FusedCase(3, 96, 24, on: 31, Window(1))
    let operands = FusedOperands(item)
    let prologue = ConvolutionPrologue(factor: sample([3, 96], seed: 8))
    let filters = operands.fused.prepare(operands.weight)
    let results = resultsOnEveryThreadCount {
      operands.fused.output(
        operands.input, filters: filters, bias: nil, epilogue: ConvolutionEpilogue(), prologue: prologue
      ).values.scalars.map(\.bitPattern)
    }
    #expect(results.allSatisfy { $0 == results[0] })
  }
}
