import Tensor
import TestSupport
import Testing

struct ViewsTests {
  private let cube = Tensor<Int32>(countingTo: 24).reshaped(to: [2, 3, 4])

  @Test func reshapes() {
    for (name, view) in everyLayout(of: cube) {
      #expect(view.reshaped(to: [4, 6]).scalars == cube.scalars, "\(name)")
      #expect(view.reshaped(to: [3, -1, 2]).shape == [3, 4, 2], "\(name)")
      #expect(view.flattened().shape == [24], "\(name)")
      #expect(view.flattened().scalars == cube.scalars, "\(name)")
    }
    #expect(Tensor<Float>(zeros: [0, 3]).reshaped(to: [-1, 3]).shape == [0, 3])
    #expect(Tensor<Float>([5]).reshaped(to: [] as Shape).scalar == 5)
  }

  @Test func transposesMatrices() {
    #expect(Tensor<Int32>(shape: [2, 3], scalars: 0..<6).transposed().scalars == [0, 3, 1, 4, 2, 5])
    for (name, view) in everyLayout(of: cube) {
      #expect(view.transposed().shape == [2, 4, 3], "\(name)")
      #expect(view.transposed()[1, 3, 0] == 15, "\(name)")
    }
  }

  @Test func permutesAxes() {
    for (name, view) in everyLayout(of: cube) {
      let permuted = view.permuted([2, 0, -2])
      #expect(permuted.shape == [4, 2, 3], "\(name)")
      for (i, j, k) in [(0, 1, 2), (3, 0, 1), (2, 1, 0)] {
        #expect(permuted[i, j, k] == cube[j, k, i], "\(name)")
      }
    }
  }

  @Test func broadcastsByNumPysRule() {
    let column = Tensor<Int32>(shape: [2, 1], scalars: [1, 2])
    for (name, view) in everyLayout(of: column) {
      #expect(view.broadcast(to: [2, 3]).scalars == [1, 1, 1, 2, 2, 2], "\(name)")
      #expect(view.broadcast(to: [2, 2, 1]).scalars == [1, 2, 1, 2], "\(name)")
      #expect(view.broadcast(to: [2, 0]).scalars.isEmpty, "\(name)")
    }
    #expect(Tensor<Float>(scalar: 3).broadcast(to: [0]).shape == [0])
  }

  @Test func addsAndRemovesAxes() {
    #expect(cube.expandingShape(at: 0).shape == [1, 2, 3, 4])
    #expect(cube.expandingShape(at: -1).shape == [2, 3, 4, 1])
    #expect(cube.expandingShape(at: -2).shape == [2, 3, 1, 4])
    for (name, view) in everyLayout(of: cube) {
      let expanded = view.expandingShape(at: 2)
      #expect(expanded.scalars == cube.scalars, "\(name)")
      #expect(expanded.squeezingShape(at: -2) == cube, "\(name)")
    }
  }

  @Test func stopsWhereShapesDoNotFit() async {
    let reshape = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor<Float>(zeros: [2, 3]).reshaped(to: [4, 2])
    }
    expectMessage("reshaped: [2, 3] has 6 elements, [4, 2] has 8", in: reshape)

    let inferred = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor<Float>(zeros: [2, 3]).reshaped(to: [4, -1])
    }
    expectMessage("reshaped: [2, 3] does not fit [4, -1]", in: inferred)

    let broadcast = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor<Float>(zeros: [2, 3]).broadcast(to: [3, 3])
    }
    expectMessage("broadcast: [2, 3] does not broadcast to [3, 3]", in: broadcast)

    let squeeze = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor<Float>(zeros: [2, 3]).squeezingShape(at: 1)
    }
    expectMessage("squeezingShape: axis 1 of shape [2, 3] is not of length 1", in: squeeze)

    let permute = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor<Float>(zeros: [2, 3]).permuted([0, 0])
    }
    expectMessage("permuted: [0, 0] does not name each axis of [2, 3] once", in: permute)

    let axis = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor<Float>(zeros: [2, 3]).permuted([0, 2])
    }
    expectMessage("permuted: axis 2 is out of range for shape [2, 3]", in: axis)
  }
}
