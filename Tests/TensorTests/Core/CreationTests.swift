import Tensor
import TestSupport
import Testing

struct CreationTests {
  @Test func takesScalarsInRowMajorOrder() {
    let x = Tensor<Float>(shape: [2, 3], scalars: [1, 2, 3, 4, 5, 6])
    #expect(x.shape == [2, 3])
    #expect(x.count == 6)
    #expect(x[0, 2] == 3)
    #expect(x[1, 0] == 4)
    #expect(x.scalars == [1, 2, 3, 4, 5, 6])
  }

  @Test func takesAnyCollection() {
    #expect(Tensor<Double>([1.5, 2].reversed()).scalars == [2, 1.5])
    #expect(Tensor<Int32>(shape: [2, 2], scalars: (1...4).lazy.map { $0 * 2 }).scalars == [2, 4, 6, 8])
    #expect(Tensor<Bool>([true, false]).scalars == [true, false])
  }

  @Test func repeatsOneValue() {
    #expect(Tensor<UInt8>(repeating: 7, shape: [3]).scalars == [7, 7, 7])
    #expect(Tensor<Bool>(zeros: [2]).scalars == [false, false])
    #expect(Tensor<Float>(zeros: [2, 0]).scalars.isEmpty)
    #expect(Tensor<Double>(ones: [1, 2]).scalars == [1, 1])
    #expect(Tensor<Int32>(scalar: 5).shape == [])
    #expect(Tensor<Int32>(scalar: 5).scalar == 5)
  }

  @Test func makesSequences() {
    #expect(Tensor<Int32>(countingTo: 4).scalars == [0, 1, 2, 3])
    #expect(Tensor<Float>(countingTo: 0).shape == [0])
    #expect(Tensor<Double>(from: 1, through: 2, count: 5).scalars == [1, 1.25, 1.5, 1.75, 2])
    #expect(Tensor<Float>(from: 3, through: 9, count: 1).scalars == [3])
    #expect(Tensor<Float>(from: 3, through: 9, count: 0).scalars.isEmpty)
    #expect(Tensor<Float>(from: 0, through: 0.7, count: 8).scalars.last == 0.7)
  }

  @Test func makesTheIdentity() {
    #expect(Tensor<Float>(identity: 2) == Tensor(shape: [2, 2], scalars: [1, 0, 0, 1]))
    #expect(Tensor<Float>(identity: 0).shape == [0, 0])
  }

  @Test(arguments: [0, 1, 2, -1, -3]) func stacks(axis: Int) {
    let parts: [Tensor<Float>] = (0..<4).map { dyadicSample([2, 3], seed: $0) }
    let stacked = Tensor(stacking: parts, axis: axis)
    let place = axis < 0 ? axis + 3 : axis
    #expect(stacked.shape.dimensions == [[4, 2, 3], [2, 4, 3], [2, 3, 4]][place])
    for (index, part) in parts.enumerated() { #expect(stacked.select(index, axis: axis) == part) }
  }

  @Test func stopsWhereTheNumberOfScalarsIsWrong() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor<Float>(shape: [2, 3], scalars: [1, 2])
    }
    expectMessage("Tensor: shape [2, 3] has 6 elements, found 2 scalars", in: result)
  }

  @Test func stopsAtNegativeLengths() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor<Float>(zeros: [2, -3])
    }
    expectMessage(
      "Shape: a dimension is negative: [2, -3]. No length can be left open, as None in Keras", in: result)
  }

  @Test func stopsWhereCountingExceedsTheType() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor<UInt8>(countingTo: 257)
    }
    expectMessage("countingTo: UInt8 cannot hold 256", in: result)
  }
}
