import Foundation
import Tensor
import TestSupport
import Testing

/// Depthwise convolutions of random shapes against the definition: odd images, narrower than a block and than the window,
/// strides, paddings and gaps, channels that fill vectors and that do not.
struct RandomDepthwiseTests {
  @Test func resultsAndGradientsAreExact() { checkAll(on: Kernels.instructionSet) }

  /// The set of kernels is chosen once in a process.
  @Test func avx2ResultsAreExact() async {
    await #expect(processExitsWith: .success) {
      useKernels(named: "avx2")
      checkAll(on: "avx2")
    }
  }

  @Test func portableResultsAreExact() async {
    await #expect(processExitsWith: .success) {
      useKernels(named: "portable")
      checkAll(on: "portable")
    }
  }

  /// A function behind the bias is that of tensors, whatever follows it.
  @Test func functionsAreThoseOfTensors() {
    for item in cases(12) {
      let operands = FusedOperands(item)
      let plain = operands.output(ConvolutionEpilogue()).values
      let addend: Tensor<Float> = sample(plain.shape, seed: 7)
      #expect(operands.output(ConvolutionEpilogue(activation: .silu)).values == plain.silu(), "\(item.testDescription)")
      let sum = operands.output(ConvolutionEpilogue(activation: .silu, addend: addend)).values
      #expect(sum == plain.silu() + addend, "\(item.testDescription)")
    }
  }

  @Test func bitsDoNotDependOnTheNumberOfThreads() {
    for item in cases(6) {
      let operands = FusedOperands(item)
      let results = resultsOnEveryThreadCount {
        operands.output(ConvolutionEpilogue(activation: .silu)).values.scalars.map(\.bitPattern)
      }
      #expect(results.allSatisfy { $0 == results[0] }, "\(item.testDescription)")
    }
  }
}

/// Sums of products of dyadic numbers are exact in any order.
private func checkAll(on kernels: String) {
  for item in cases(60) { #expect(FusedOperands(item).largestError == 0, "\(item.testDescription), \(kernels)") }
}

private func cases(_ count: Int) -> [FusedCase] {
  var generator = RandomGenerator(seed: 31)
  return (0..<count).map { index in
    let channels = index % 6 == 0 ? 2 + generator.integer(below: 512) : 2 + generator.integer(below: 40)
    let side = [2, 3, 5, 7][generator.integer(below: 4)]
    let kernel = Size(height: 1 + generator.integer(below: 7), width: side)
    let stride = Size(height: 1 + generator.integer(below: 3), width: 1 + generator.integer(below: 3))
    let dilation = index % 5 == 0 ? Size(2) : Size(1)
    // Images that hold the window once, without padding.
    let least = Size(
      height: (kernel.height - 1) * dilation.height + 1, width: (kernel.width - 1) * dilation.width + 1)
    let isValid = index % 3 == 0
    let image = Size(
      height: (isValid ? least.height : 1) + generator.integer(below: 9),
      width: (isValid ? least.width : 1) + generator.integer(below: 14))
    let window = Window(kernel, stride: stride, dilation: dilation, padding: isValid ? .valid : .same)
    return FusedCase(1 + index % 2, depthwise: channels, on: image, window)
  }
}
