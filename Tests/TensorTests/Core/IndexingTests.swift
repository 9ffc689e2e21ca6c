import Tensor
import TestSupport
import Testing

struct IndexingTests {
  private let cube = Tensor<Int32>(countingTo: 24).reshaped(to: [2, 3, 4])

  @Test func readsAndWritesElements() {
    for (name, view) in everyLayout(of: cube) {
      #expect(view[1, 2, 3] == 23, "\(name)")
      #expect(view[0, 1, 2] == 6, "\(name)")
      var changed = view
      changed[1, 0, 2] = -1
      #expect(changed.scalars == (0..<24).map { $0 == 14 ? -1 : $0 }, "\(name)")
    }
  }

  @Test func readsRanges() {
    for (name, view) in everyLayout(of: cube) {
      #expect(view[1..<2].scalars == Array(12..<24), "\(name)")
      #expect(view[.all, 1...1, 2...].scalars == [6, 7, 18, 19], "\(name)")
      #expect(view[..<1, ...0, ..<2].scalars == [0, 1], "\(name)")
      #expect(view[1..<1].shape == [0, 3, 4], "\(name)")
      #expect(view[.all, 3...].shape == [2, 0, 4], "\(name)")
      #expect(view[1..<2, 1..<3][0..<1, 1..<2].scalars == [20, 21, 22, 23], "\(name)")
    }
  }

  @Test func writesRanges() {
    for (name, view) in everyLayout(of: cube) {
      var changed = view
      changed[.all, 1..<3, 3...] = Tensor(shape: [2, 1], scalars: [100, 200])
      let expected = (0..<24).map { index -> Int32 in
        guard index % 4 == 3, index / 4 % 3 > 0 else { return Int32(index) }
        return index / 4 % 3 == 1 ? 100 : 200
      }
      #expect(changed.scalars == expected, "\(name)")
    }
    var shifted = Tensor<Int32>(countingTo: 5)
    shifted[1..<5] = shifted[0..<4]
    #expect(shifted.scalars == [0, 0, 1, 2, 3])
  }

  @Test(arguments: [1, 2, 3, 5]) func slicesWithSteps(step: Int) {
    for (name, view) in everyLayout(of: Tensor<Int32>(countingTo: 10)) {
      #expect(
        view.slice(1..<9, axis: 0, step: step).scalars == Array(stride(from: Int32(1), to: 9, by: step)), "\(name)")
    }
    #expect(
      cube.slice(.all, axis: -1, step: 3).slice(1..., axis: 1, step: 2).scalars == [4, 7, 16, 19])
  }

  @Test func aStepBeyondTheEndTakesTheFirst() {
    for (name, view) in everyLayout(of: cube) {
      #expect(view.slice(1..., axis: 1, step: .max).scalars == [4, 5, 6, 7, 16, 17, 18, 19], "\(name)")
      #expect(view.slice(2..<2, axis: 1, step: .max).shape == [2, 0, 4], "\(name)")
    }
  }

  @Test func selectsOneIndex() {
    for (name, view) in everyLayout(of: cube) {
      #expect(view.select(1).scalars == Array(12..<24), "\(name)")
      #expect(view.select(2, axis: 1).shape == [2, 4], "\(name)")
      #expect(view.select(3, axis: -1).scalars == [3, 7, 11, 15, 19, 23], "\(name)")
    }
  }

  @Test func replacesSlices() {
    for (name, view) in everyLayout(of: Tensor<Int32>(countingTo: 8).reshaped(to: [2, 4])) {
      var changed = view
      changed.replaceSlice(1..., axis: 1, step: 2, with: Tensor(shape: [2, 1], scalars: [10, 20]))
      #expect(changed.scalars == [0, 10, 2, 10, 4, 20, 6, 20], "\(name)")
      #expect(view.scalars == Array(0..<8), "\(name)")
    }
  }

  @Test func stopsOutsideTheShape() async {
    let index = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor<Float>(zeros: [2, 3])[1, 3]
    }
    expectMessage("subscript: 3..<4 is out of range for axis 1 of shape [2, 3]", in: index)

    let rank = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor<Float>(zeros: [2, 3])[1]
    }
    expectMessage("subscript: 1 index for shape [2, 3]", in: rank)

    let range = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor<Float>(zeros: [2, 3])[.all, ..<(-1)]
    }
    expectMessage("subscript: -1..<-1 is out of range for axis 1 of shape [2, 3]", in: range)
  }

  @Test func stopsWhereAPartDoesNotFit() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      var x = Tensor<Float>(zeros: [2, 3])
      x[0..<1] = Tensor([1, 2])
    }
    expectMessage("broadcast: [2] does not broadcast to [1, 3]", in: result)
  }
}
