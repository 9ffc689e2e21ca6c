import Foundation
import Tensor
import TestSupport
import Testing

struct SoftmaxTests {
  @Test(arguments: [0, 1, 2, -1, -3]) func matchesTheDefinitionUnderEveryLayout(axis: Int) {
    let x: Tensor<Double> = sample([3, 4, 5])
    let exponentials = x.exp()
    let expected = exponentials / exponentials.sum([axis], keepingAxes: true)
    for (name, y) in everyLayout(of: x) {
      #expect(deviation(y.softmax(axis: axis), from: expected) < 8 * Double.ulpOfOne, "\(name)")
      #expect(deviation(y.logSoftmax(axis: axis), from: expected.log()) < 8 * Double.ulpOfOne, "\(name)")
    }
    let single = x.toFloat()
    #expect(deviation(single.softmax(axis: axis), from: expected.toFloat()) < 8 * Float.ulpOfOne)
    #expect(deviation(single.logSoftmax(axis: axis), from: expected.log().toFloat()) < 8 * Float.ulpOfOne)
  }

  /// The classes of images: along the channels, in row-major order and with the channels innermost; more places than are
  /// worked on together. Rows and columns are summed in different orders: up to 16 positive terms, an error of one unit each.
  @Test(arguments: [[2, 11, 9, 37], [1, 3, 1, 1], [3, 1, 5, 2], [2, 5, 16, 16]] as [Shape])
  func worksAlongTheChannels(shape: Shape) {
    let x: Tensor<Float> = sample(shape)
    let rows = x.permuted([0, 2, 3, 1]).contiguous()
    let (expected, expectedLog) = (rows.softmax().permuted([0, 3, 1, 2]), rows.logSoftmax().permuted([0, 3, 1, 2]))
    for (name, y) in everyLayout(of: x) {
      #expect(deviation(y.softmax(axis: 1), from: expected) < 16 * Float.ulpOfOne, "\(name)")
      #expect(deviation(y.logSoftmax(axis: 1), from: expectedLog) < 16 * Float.ulpOfOne, "\(name)")
      #expect(y.softmax(axis: -3) == y.softmax(axis: 1), "\(name)")
      #expect(y.argmax(axis: 1) == rows.argmax(), "\(name)")
    }
  }

  @Test func survivesLargeNumbers() {
    let x = Tensor<Float>([10_000, 10_001, 9_000])
    let e = Float(exp(-1.0))
    #expect(deviation(x.softmax(), from: Tensor([e / (1 + e), 1 / (1 + e), 0])) < 4 * Float.ulpOfOne)
    #expect(deviation(x.logSoftmax(), from: Tensor([-1 - log1p(e), -log1p(e), -1_001 - log1p(e)])) < 1e-6)
    #expect(Tensor<Float>(repeating: -1e38, shape: [4]).softmax().scalars == [0.25, 0.25, 0.25, 0.25])
    #expect(Tensor<Float>([-.infinity, 0]).softmax().scalars == [0, 1])
  }

  @Test func rowsWithNaNAreNaN() {
    let x = Tensor<Float>(shape: [2, 2], scalars: [.nan, 1, 0, 0])
    #expect(isSame(x.softmax(), Tensor(shape: [2, 2], scalars: [.nan, .nan, 0.5, 0.5])))
    #expect(x.logSoftmax().select(0).scalars.allSatisfy { $0.isNaN })
  }

  @Test func takesEmptyTensors() {
    #expect(Tensor<Float>(zeros: [0, 3]).softmax().shape == [0, 3])
    #expect(Tensor<Float>(zeros: [3, 0]).logSoftmax().shape == [3, 0])
    for axis in 0..<4 {
      for empty in 0..<4 {
        let shape = ([2, 3, 4, 5] as Shape).dimensions.enumerated().map { $0.offset == empty ? 0 : $0.element }
        #expect(Tensor<Float>(zeros: Shape(shape)).softmax(axis: axis).shape == Shape(shape))
        #expect(Tensor<Double>(zeros: Shape(shape)).logSoftmax(axis: axis).shape == Shape(shape))
      }
    }
  }

  @Test func stopsAtAMissingAxis() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor<Float>(zeros: [2, 3]).softmax(axis: 2)
    }
    expectMessage("softmax: axis 2 is out of range for shape [2, 3]", in: result)
  }
}
