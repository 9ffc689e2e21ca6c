import Tensor
import TestSupport
import Testing

struct MatmulTests {
  static let sizes = [
    [1, 1, 1], [2, 3, 4], [1, 5, 1], [7, 1, 3], [4, 3, 1], [5, 0, 2], [0, 3, 2], [2, 3, 0], [65, 33, 17],
    [200, 90, 130],
  ]

  @Test(arguments: sizes) func multipliesUnderEveryLayout(size: [Int]) {
    check(size, of: Float.self)
    check(size, of: Double.self)
  }

  private func check<Scalar: FloatingScalar>(_ size: [Int], of type: Scalar.Type) {
    let a: Tensor<Scalar> = dyadicSample([size[0], size[1]])
    let b: Tensor<Scalar> = dyadicSample([size[1], size[2]], seed: 2)
    let expected = naiveMatmul(a, b)
    for (aName, x) in everyLayout(of: a) {
      for (bName, y) in everyLayout(of: b) {
        #expect(x.matmul(y) == expected, "\(aName), \(bName)")
      }
    }
    #expect(b.transposed().matmul(a.transposed()) == expected.transposed())
  }

  @Test func multipliesBatchesUnderEveryLayout() {
    let a: Tensor<Float> = dyadicSample([2, 1, 3, 4])
    let b: Tensor<Float> = dyadicSample([5, 4, 2], seed: 2)
    for (aName, x) in everyLayout(of: a) {
      for (bName, y) in everyLayout(of: b) {
        let product = x.matmul(y)
        #expect(product.shape == [2, 5, 3, 2], "\(aName), \(bName)")
        for i in 0..<2 {
          for j in 0..<5 {
            let expected = naiveMatmul(a.select(i).select(0), b.select(j))
            #expect(product.select(i).select(j) == expected, "\(aName), \(bName), \(i), \(j)")
          }
        }
      }
    }
    #expect(Tensor<Float>(zeros: [0, 2, 3]).matmul(Tensor(zeros: [3, 4])).shape == [0, 2, 4])
  }

  @Test func multipliesBroadcastVectors() {
    let row = Tensor<Float>([1, 2, 3]).broadcast(to: [4, 3])
    let ones = Tensor<Float>(scalar: 1).broadcast(to: [3, 5])
    #expect(row.matmul(ones) == Tensor(repeating: 6, shape: [4, 5]))
  }

  @Test func carriesNaN() {
    let product = Tensor<Float>(shape: [1, 2], scalars: [0, 1]).matmul(Tensor(shape: [2, 1], scalars: [.nan, 1]))
    #expect(product.scalar.isNaN)
  }

  @Test func stopsWhereShapesDoNotFit() async {
    let inner = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor<Float>(zeros: [2, 3]).matmul(Tensor(zeros: [4, 5]))
    }
    expectMessage("matmul: inner dimensions differ: [2, 3] x [4, 5]", in: inner)

    let batch = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor<Float>(zeros: [2, 2, 3]).matmul(Tensor(zeros: [3, 3, 5]))
    }
    expectMessage("matmul: batch axes do not broadcast: [2, 2, 3] x [3, 3, 5]", in: batch)

    let vector = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor<Float>(zeros: [3]).matmul(Tensor(zeros: [3, 5]))
    }
    expectMessage("matmul: a matrix has two axes: [3] x [3, 5]", in: vector)
  }
}
