import Tensor
import TestSupport
import Testing

struct ReductionsTests {
  static let axes: [[Int]?] = [nil, [], [0], [1], [-1], [0, 2], [1, -1], [2, 0, 1], [0, 1, 2]]

  /// The elements that each place of the result is reduced from, by the definition.
  private func groups<Scalar>(_ x: Tensor<Scalar>, _ axes: [Int]?) -> (kept: Shape, all: Shape, groups: [[Scalar]]) {
    let reduced = Set(axes.map { $0.map { ($0 + x.rank) % x.rank } } ?? Array(0..<x.rank))
    let all = Shape(x.shape.indices.map { reduced.contains($0) ? 1 : x.shape[$0] })
    let kept = Shape(x.shape.indices.filter { !reduced.contains($0) }.map { x.shape[$0] })
    var groups = [[Scalar]](repeating: [], count: kept.elementCount)
    let strides = all.rowMajorStrides
    for (place, scalar) in x.scalars.enumerated() {
      var (rest, target) = (place, 0)
      for axis in x.shape.indices.reversed() {
        if !reduced.contains(axis) { target += rest % x.shape[axis] * strides[axis] }
        rest /= x.shape[axis]
      }
      groups[target].append(scalar)
    }
    return (kept, all, groups)
  }

  @Test(arguments: axes) func reducesUnderEveryLayout(axes: [Int]?) {
    check(dyadicSample([3, 4, 5]) as Tensor<Float>, axes)
    check(dyadicSample([3, 4, 5]) as Tensor<Double>, axes)
    check(wholeSample([3, 4, 5]) as Tensor<Int32>, axes)
    check(Tensor(repeating: 2, shape: [3, 1, 5]) as Tensor<Float>, axes)
    check(dyadicSample([70, 33, 65]) as Tensor<Float>, axes)
  }

  private func check<Scalar: NumericScalar>(_ x: Tensor<Scalar>, _ axes: [Int]?) {
    let (kept, all, groups) = groups(x, axes)
    func expect(_ value: ([Scalar]) -> Scalar) -> Tensor<Scalar> { Tensor(shape: kept, scalars: groups.map(value)) }
    for (name, y) in everyLayout(of: x) {
      #expect(y.sum(axes) == expect { $0.reduce(0, +) }, "\(name)")
      #expect(y.max(axes) == expect { $0.max() ?? 0 }, "\(name)")
      #expect(y.min(axes) == expect { $0.min() ?? 0 }, "\(name)")
      #expect(y.sum(axes, keepingAxes: true).shape == all, "\(name)")
      #expect(y.max(axes, keepingAxes: true).scalars == y.max(axes).scalars, "\(name)")
    }
  }

  @Test(arguments: axes) func averages(axes: [Int]?) {
    let x: Tensor<Double> = sample([3, 4, 5])
    let (kept, _, groups) = groups(x, axes)
    func mean(_ group: [Double]) -> Double { group.reduce(0, +) / Double(group.count) }
    func variance(_ group: [Double]) -> Double { mean(group.map { ($0 - mean(group)) * ($0 - mean(group)) }) }
    // Sums of at most 60 terms of magnitude 2: each rounds at most 60 times, by half a unit in the last place.
    let tolerance = 60 * Double.ulpOfOne
    for (name, y) in everyLayout(of: x) {
      #expect(deviation(y.mean(axes), from: Tensor(shape: kept, scalars: groups.map(mean))) <= tolerance, "\(name)")
      #expect(
        deviation(y.variance(axes), from: Tensor(shape: kept, scalars: groups.map(variance))) <= tolerance, "\(name)")
    }
    #expect(x.mean(axes, keepingAxes: true).shape == x.variance(axes, keepingAxes: true).shape)
  }

  @Test(arguments: [0, 1, 2, -1]) func findsTheFirstLargestElement(axis: Int) {
    let x: Tensor<Float> = wholeSample([3, 4, 5])
    let (kept, _, groups) = groups(x, [axis])
    let expected = groups.map { group in Int32(group.firstIndex(of: group.max() ?? 0) ?? -1) }
    for (name, y) in everyLayout(of: x) {
      #expect(y.argmax(axis: axis) == Tensor(shape: kept, scalars: expected), "\(name)")
    }
    #expect(Tensor<UInt8>([1, 3, 3]).argmax().scalar == 1)
  }

  @Test func extremesAndTheirPlaceFollowNaN() {
    let x = Tensor<Float>(shape: [3, 3], scalars: [1, .nan, 3, .nan, 1, 2, 2, 9, .nan])
    #expect(isSame(x.max([1]), Tensor([.nan, .nan, .nan])))
    #expect(isSame(x.min([1]), Tensor([.nan, .nan, .nan])))
    #expect(x.argmax().scalars == [1, 0, 2])
    let infinite = Tensor<Float>(repeating: -.infinity, shape: [2, 2])
    #expect(infinite.max().scalar == -.infinity)
    #expect(infinite.argmax().scalars == [0, 0])
  }

  @Test func reducesEmptyTensors() {
    let x = Tensor<Float>(zeros: [0, 3])
    #expect(x.sum().scalar == 0)
    #expect(x.sum([0]).scalars == [0, 0, 0])
    #expect(x.sum([1]).shape == [0])
    #expect(x.max([1]).shape == [0])
    #expect(x.mean().scalar == 0)
  }

  /// Adding 2²⁴ ones of `Float` one by one stops at 16,777,216; the sum of 0.1 would be off by percents.
  @Test func sumsLongRowsAccurately() {
    let count = 20_000_000
    #expect(Tensor<Float>(repeating: 1, shape: [count]).sum().scalar == Float(count))
    let tenths = Tensor<Float>(repeating: 0.1, shape: [count]).sum().scalar
    let exact = Double(Float(0.1)) * Double(count)
    // 256 additions in each of four lanes, then about 15 levels of pairs, each off by half a unit at most.
    #expect(abs(Double(tenths) - exact) / exact < 275 * Double(Float.ulpOfOne) / 2)
  }

  @Test func theAdjointOfBroadcastingSums() {
    for (small, large) in [([3, 1], [2, 3, 4]), ([], [2, 2]), ([4], [3, 4]), ([2, 1, 1], [2, 3, 4])] as [(Shape, Shape)]
    {
      let x: Tensor<Double> = dyadicSample(small)
      let g: Tensor<Double> = dyadicSample(large, seed: 2)
      for (name, gradient) in everyLayout(of: g) {
        let summed = gradient.summed(to: small)
        #expect(summed.shape == small, "\(name)")
        #expect(innerProduct(x.broadcast(to: large), g) == innerProduct(x, summed), "\(name)")
      }
    }
  }

  @Test func stops() async {
    let axis = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor<Float>(zeros: [2, 3]).sum([2])
    }
    expectMessage("sum: axis 2 is out of range for shape [2, 3]", in: axis)

    let empty = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor<Float>(zeros: [0, 3]).max([0])
    }
    expectMessage("max: no elements along [0] of [0, 3]", in: empty)
  }
}
