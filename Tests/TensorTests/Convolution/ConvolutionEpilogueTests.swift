import Tensor
import TestSupport
import Testing

/// What happens to results in registers is what the operations one by one make of them.
struct ConvolutionEpilogueTests {
  /// An algorithm of each kind, with channels that do not fill vectors: Winograd's, shallow, direct, depthwise, by pointers
  /// with one block of sums and with several.
  static let cases = [
    FusedCase(2, 17, 33, on: 5), FusedCase(3, 3, 9, on: Size(height: 9, width: 7)),
    FusedCase(1, 4, 33, on: Size(height: 21, width: 5), .valid, isExact: true),
    FusedCase(2, depthwise: 17, on: 7, Window(3, padding: .same)), FusedCase(2, 24, 40, on: 7, Window(1)),
    FusedCase(1, 70, 21, on: 9, Window(3, stride: 2, padding: .same)),
  ]

  private static let functions: [(EpilogueActivation, @Sendable (Tensor<Float>) -> Tensor<Float>)] = [
    (.relu, { $0.relu() }), (.clipped(low: 0, high: 6), { $0.clipped(to: 0...6) }),
    (.clipped(low: -1, high: 1), { $0.clipped(to: -1...1) }), (.leakyReLU(slope: 0.3), { $0.leakyReLU(slope: 0.3) }),
    (.elu(alpha: 0.7), { $0.elu(alpha: 0.7) }), (.selu, { $0.selu() }), (.silu, { $0.silu() }),
    (.gelu, { $0.gelu() }), (.tanhGELU, { $0.tanhGELU() }), (.mish, { $0.mish() }), (.sigmoid, { $0.sigmoid() }),
    (.hardSiLU, { $0.hardSiLU() }), (.tanh, { $0.tanh() }), (.softplus, { $0.softplus() }),
    (.exponential, { $0.exp() }),
  ]

  @Test(arguments: cases) func everyFunctionIsThatOfTensors(item: FusedCase) {
    let operands = FusedOperands(item)
    let plain = operands.output(ConvolutionEpilogue()).values
    for (function, expected) in Self.functions {
      #expect(operands.output(ConvolutionEpilogue(activation: function)).values == expected(plain), "\(function)")
      let last = operands.output(ConvolutionEpilogue(last: function)).values
      #expect(last == expected(plain), "\(function) at the end")
    }
  }

  /// Its line is one fused operation in registers, which rounds once less.
  @Test(arguments: cases) func hardSigmoidIsThatOfTensorsButForARounding(item: FusedCase) {
    let operands = FusedOperands(item)
    let expected = operands.output(ConvolutionEpilogue()).values.clippedLine(scale: 1 / 6, offset: 0.5, to: 0...1)
    let found = operands.output(ConvolutionEpilogue(activation: .hardSigmoid)).values
    #expect(deviation(found, from: expected) <= 0x1p-24)
  }

  /// Factor, shift and addend round three times; a fused product rounds once less. No function here is steeper than 1.1.
  @Test(arguments: cases) func everythingComesInItsOrder(item: FusedCase) {
    let operands = FusedOperands(item)
    let plain = operands.output(ConvolutionEpilogue()).values
    let vector: Shape = [1, item.filters, 1, 1]
    let (factor, shift): (Tensor<Float>, Tensor<Float>) = (
      sample([item.filters], seed: 5), sample([item.filters], seed: 6)
    )
    let addend: Tensor<Float> = sample(plain.shape, seed: 7)
    for (first, function) in Self.functions.prefix(8) {
      for (last, finish) in Self.functions.prefix(8) {
        let scaled = function(plain) * factor.reshaped(to: vector) + shift.reshaped(to: vector)
        let expected = finish(scaled + addend)
        let bound = 4 * 0x1p-24 * (scaled.absolute().max().scalar + addend.absolute().max().scalar + 4)
        for (name, addend) in everyLayout(of: addend) {
          let epilogue = ConvolutionEpilogue(activation: first, affine: (factor, shift), addend: addend, last: last)
          let found = operands.output(epilogue).values
          #expect(deviation(found, from: expected) < bound, "\(first), \(last), addend \(name)")
        }
      }
    }
  }

  /// Behind the pooling, the addend has the shape of the maxima.
  @Test(arguments: cases.filter { FusedOperands($0).fused.canPool }) func pooledResultsAreAddedTo(item: FusedCase) {
    let operands = FusedOperands(item)
    let pooled = operands.output(ConvolutionEpilogue(activation: .relu, pools: true)).values
    let addend: Tensor<Float> = sample(pooled.shape, seed: 7)
    let epilogue = ConvolutionEpilogue(activation: .relu, pools: true, addend: addend, last: .silu)
    #expect(operands.output(epilogue).values == (pooled + addend).silu())
  }

  /// NaN and infinities go through every function as through the tensor's.
  @Test func whatIsNoNumberStaysThat() {
    let item = FusedCase(1, 24, 40, on: 4, Window(1))
    let operands = FusedOperands(item)
    for value in [Float.nan, .infinity, -.infinity] {
      let addend = Tensor<Float>(repeating: value, shape: [1, 40, 4, 4])
      for (function, expected) in Self.functions {
        let found = operands.output(ConvolutionEpilogue(addend: addend, last: function)).values.scalars
        let wanted = expected(operands.output(ConvolutionEpilogue()).values + addend).scalars
        #expect(zip(found, wanted).allSatisfy { $0 == $1 || ($0.isNaN && $1.isNaN) }, "\(function) of \(value)")
      }
    }
  }
}
