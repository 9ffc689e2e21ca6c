import Tensor
import TestSupport
import Testing

/// Values, copies and views: what shares memory and what must not show it.
struct TensorTests {
  @Test(arguments: sampleShapes) func readsTheSameScalarsUnderEveryLayout(shape: Shape) {
    let x: Tensor<Float> = sample(shape)
    for (name, y) in everyLayout(of: x) {
      #expect(y.scalars == x.scalars, "\(name)")
      #expect(y == x, "\(name)")
      #expect(y.contiguous().isContiguous, "\(name)")
      #expect(y.contiguous().scalars == x.scalars, "\(name)")
    }
  }

  @Test func writingToACopyLeavesTheOriginal() {
    let x = Tensor<Float>([1, 2, 3])
    var y = x
    y[1] = 20
    y.withUnsafeMutableScalars { $0[2] = 30 }
    #expect(x.scalars == [1, 2, 3])
    #expect(y.scalars == [1, 20, 30])
  }

  @Test func writingToAViewLeavesTheOriginal() {
    let x = Tensor<Int32>(countingTo: 6).reshaped(to: [2, 3])
    var column = x[.all, 1..<2]
    column[0, 0] = 50
    var transposed = x.transposed()
    transposed[0..<1] = Tensor(scalar: 9)
    #expect(x.scalars == [0, 1, 2, 3, 4, 5])
    #expect(column.scalars == [50, 4])
    #expect(transposed.scalars == [9, 9, 1, 4, 2, 5])
  }

  @Test func writingToOneElementOfABroadcastLeavesTheOthers() {
    var x = Tensor<Float>(scalar: 1).broadcast(to: [3])
    x[0] = 5
    #expect(x.scalars == [5, 1, 1])
    var y = Tensor<Float>(scalar: 1).broadcast(to: [3])
    y.withUnsafeMutableScalars { $0[1] = 7 }
    #expect(y.scalars == [1, 7, 1])
    var z = Tensor<Float>(scalar: 1).broadcast(to: [2, 2])
    z[1..<2] = Tensor([3, 4])
    #expect(z.scalars == [1, 1, 3, 4])
  }

  @Test func viewsShareStorage() {
    let x: Tensor<Float> = sample([4, 3, 2])
    let origin = x.withUnsafeScalars { UInt(bitPattern: $0.baseAddress) }
    for (name, view) in [
      ("slice", x[0..<2]), ("select", x.select(0)), ("reshaped", x.reshaped(to: [24])),
      ("squeezed", x.expandingShape(at: 1).squeezingShape(at: 1)), ("permuted twice", x.transposed().transposed()),
    ] {
      #expect(view.withUnsafeScalars { UInt(bitPattern: $0.baseAddress) } == origin, "\(name)")
    }
    #expect(x[1..<2].withUnsafeScalars { UInt(bitPattern: $0.baseAddress) } == origin + 24)
  }

  @Test func startsAtA64ByteBoundary() {
    for count in [1, 17, 100_000] {
      let x = Tensor<UInt8>(zeros: [count])
      #expect(x.withUnsafeScalars { UInt(bitPattern: $0.baseAddress) } % 64 == 0)
    }
  }

  @Test func comparesShapesAndElements() {
    #expect(Tensor<Float>([1, 2]) != Tensor([1, 3]))
    #expect(Tensor<Float>([1, 2]) != Tensor(shape: [1, 2], scalars: [1, 2]))
    #expect(Tensor<Float>([.nan]) != Tensor([.nan]))
    #expect(Tensor<Float>([0]) == Tensor([-0.0]))
    #expect(Tensor<Float>(zeros: [0, 2]) != Tensor(zeros: [2, 0]))
  }

  @Test func stopsWhereThereIsNoSingleElement() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor<Float>([1, 2]).scalar
    }
    expectMessage("scalar: a tensor of shape [2] has 2 elements, not one", in: result)
  }
}
