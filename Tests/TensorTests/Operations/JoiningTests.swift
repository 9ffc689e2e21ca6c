import Tensor
import TestSupport
import Testing

struct JoiningTests {
  @Test(arguments: [0, 1, 2, -1]) func concatenatesUnderEveryLayout(axis: Int) {
    let first: Tensor<Float> = sample([2, 3, 4])
    let second: Tensor<Float> = sample(first.shape.replacing(axis: (axis + 3) % 3, with: 5), seed: 2)
    for (name, x) in everyLayout(of: first) {
      for (otherName, y) in everyLayout(of: second) {
        let joined = Tensor(concatenating: [x, y], axis: axis)
        let length = first.shape[(axis + 3) % 3]
        #expect(joined.slice(..<length, axis: axis) == first, "\(name), \(otherName)")
        #expect(joined.slice(length..., axis: axis) == second, "\(name), \(otherName)")
      }
    }
  }

  @Test func channelsGrowInTheSameMemory() throws {
    let (a, b): (Tensor<Float>, Tensor<Float>) = (sample([2, 3, 4, 5]), sample([2, 2, 4, 5], seed: 2))
    let c: Tensor<Float> = sample([2, 4, 4, 5], seed: 3)
    for ((_, a), (_, b)) in zip(everyLayout(of: a), everyLayout(of: b)) {
      let joined = Tensor(joiningChannelsOf: [a, b], capacity: 9)
      let first = try #require(joined[..<1].appendingChannels(of: [c[..<1]]))
      let grown = try #require(joined.appendingChannels(of: [c]))
      #expect(first == Tensor(concatenating: [a, b, c], axis: 1)[..<1])
      #expect(grown == Tensor(concatenating: [a, b, c], axis: 1))
      #expect(joined == Tensor(concatenating: [a, b], axis: 1))
      // No room for more, and none between the channels of others.
      #expect(grown.appendingChannels(of: [b]) == nil)
      #expect(joined.slice(1..., axis: 1).appendingChannels(of: [b]) == nil)
      #expect(a.contiguous().appendingChannels(of: [b]) == nil)
    }
  }

  @Test func concatenatesEmptyTensors() {
    let x = Tensor<Int32>(shape: [1, 2], scalars: [1, 2])
    #expect(Tensor(concatenating: [Tensor(zeros: [0, 2]), x, Tensor(zeros: [0, 2])]) == x)
    #expect(Tensor(concatenating: [Tensor<Bool>(zeros: [3, 0]), Tensor(zeros: [3, 0])], axis: 1).shape == [3, 0])
  }

  @Test func pads() {
    let x = Tensor<Int32>(shape: [2, 2], scalars: [1, 2, 3, 4])
    for (name, x) in everyLayout(of: x) {
      #expect(
        x.padded([(1, 0), (0, 2)], with: 9)
          == Tensor(shape: [3, 4], scalars: [9, 9, 9, 9, 1, 2, 9, 9, 3, 4, 9, 9]), "\(name)")
      #expect(x.padded([(0, 0), (0, 0)]) == x, "\(name)")
    }
    #expect(Tensor<Float>(zeros: [0, 1]).padded([(1, 1), (0, 0)], with: 3).scalars == [3, 3])
    #expect(Tensor<Bool>([true]).padded([(1, 1)]).scalars == [false, true, false])
  }

  @Test func stopsWhereShapesDoNotFit() async {
    let join = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor(concatenating: [Tensor<Float>(zeros: [2, 3]), Tensor<Float>(zeros: [2, 4])], axis: 0)
    }
    expectMessage("concatenating: shapes differ beside axis 0: [2, 3] and [2, 4]", in: join)

    let none = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor<Float>(concatenating: [])
    }
    expectMessage("concatenating: no tensors were given", in: none)

    let pad = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor<Float>(zeros: [2, 3]).padded([(1, 1)])
    }
    expectMessage("padded: 1 pair for shape [2, 3]", in: pad)
  }
}
