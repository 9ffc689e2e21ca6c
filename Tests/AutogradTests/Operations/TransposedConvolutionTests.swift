import Autograd
import Tensor
import TestSupport
import Testing

struct TransposedConvolutionTests {
  static let windows: [(window: Window, output: Size)] = [
    (Window(Size(height: 3, width: 2)), Size(height: 5, width: 5)),
    (
      Window(
        Size(height: 3, width: 2), stride: Size(height: 2, width: 3),
        padding: .explicit(top: 1, bottom: 0, left: 0, right: 1)), Size(height: 6, width: 10)
    ),
    (Window(Size(height: 3, width: 2), dilation: 2), Size(height: 7, width: 6)),
  ]

  @Test(arguments: windows.indices)
  func gradients(index: Int) {
    let (window, output) = Self.windows[index]
    expectGradients(at: samples([2, 3, 3, 4], [3, 2, 3, 2])) {
      $0[0].transposedConvolution2D($0[1], outputSize: output, window: window)
    }
  }

  /// Σ y · T(x) = Σ C(y) · x for a convolution C and its transpose T.
  @Test(arguments: windows.indices)
  func itIsTheTransposeOfTheConvolution(index: Int) {
    let (window, output) = Self.windows[index]
    let (x, weight): (Tensor<Double>, Tensor<Double>) = (sample([2, 3, 3, 4]), sample([3, 2, 3, 2], seed: 2))
    let y: Tensor<Double> = sample([2, 2, output.height, output.width], seed: 3)
    let transposed = Variable(x).transposedConvolution2D(Variable(weight), outputSize: output, window: window).value
    let products = (innerProduct(y, transposed), innerProduct(y.convolution2D(weight, window: window), x))
    #expect(abs(products.0 - products.1) < 1e-10)
  }

  @Test func operandsThatDoNotFitStop() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Variable(Tensor<Double>(zeros: [1, 2, 3, 3])).transposedConvolution2D(
        Variable(Tensor(zeros: [3, 2, 3, 3])), outputSize: 5, window: Window(3))
    }
    expectMessage("transposedConvolution2D: input [N, C, H, W] and weight [C, O, kh, kw]", in: result)
  }
}
