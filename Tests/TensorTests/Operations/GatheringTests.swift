import Tensor
import TestSupport
import Testing

struct GatheringTests {
  private let cube = Tensor<Int32>(countingTo: 24).reshaped(to: [2, 3, 4])

  @Test func gathersRows() {
    for (name, view) in everyLayout(of: cube) {
      let rows = view.gathering([1, 0, 1])
      #expect(rows.shape == [3, 3, 4], "\(name)")
      #expect(rows.scalars == Array(12..<24) + Array(0..<12) + Array(12..<24), "\(name)")
    }
    #expect(cube.gathering([]).shape == [0, 3, 4])
  }

  /// ⟨gathering(x), g⟩ = ⟨x, scatteringAdd(g)⟩, exactly for dyadic numbers.
  @Test(arguments: [[], [0], [2, 2, 2], [4, 0, 3, 0, 1]]) func scatteringIsTheAdjointOfGathering(indices: [Int]) {
    let x: Tensor<Double> = dyadicSample([5, 3, 2])
    let g: Tensor<Double> = dyadicSample([indices.count, 3, 2], seed: 2)
    for (name, gradient) in everyLayout(of: g) {
      let scattered = gradient.scatteringAdd(to: indices, count: 5)
      #expect(scattered.shape == x.shape, "\(name)")
      #expect(innerProduct(x.gathering(indices), g) == innerProduct(x, scattered), "\(name)")
    }
  }

  @Test func stopsOutsideTheRows() async {
    let row = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor<Float>(zeros: [2, 3]).gathering([0, 2])
    }
    expectMessage("2..<3 is out of range for axis 0 of shape [2, 3]", in: row)

    let target = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor<Float>(zeros: [1, 3]).scatteringAdd(to: [-1], count: 2)
    }
    expectMessage("-1..<0 is out of range for axis 0 of shape [2, 3]", in: target)

    let count = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor<Float>(zeros: [2, 3]).scatteringAdd(to: [0], count: 2)
    }
    expectMessage("scatteringAdd: 1 index for shape [2, 3]", in: count)
  }
}
