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
    checkWhole(wholeSample([3, 4, 5]) as Tensor<Int32>, axes)
    checkWhole((wholeSample([3, 4, 5]) as Tensor<UInt8>) + 246, axes)
    check(Tensor(repeating: 2, shape: [3, 1, 5]) as Tensor<Float>, axes)
    check(dyadicSample([70, 33, 65]) as Tensor<Float>, axes)
  }

  /// Sums of bytes near 255 are sums of `Int32`.
  private func checkWhole<Scalar: NumericScalar & FixedWidthInteger>(_ x: Tensor<Scalar>, _ axes: [Int]?) {
    let (kept, all, groups) = groups(x, axes)
    let sums = groups.map { $0.reduce(0) { $0 + Int32($1) } }
    let means = zip(sums, groups).map { Double($0) / Double($1.count) }
    let variances = zip(groups, means).map { group, mean in
      group.reduce(0) { $0 + (Double($1) - mean) * (Double($1) - mean) } / Double(group.count)
    }
    for (name, y) in everyLayout(of: x) {
      #expect(y.sum(axes) == Tensor(shape: kept, scalars: sums), "\(name)")
      #expect(y.mean(axes) == Tensor(shape: kept, scalars: means), "\(name)")
      #expect(deviation(y.variance(axes), from: Tensor(shape: kept, scalars: variances)) < 1e-13, "\(name)")
      #expect(y.max(axes) == Tensor(shape: kept, scalars: groups.map { $0.max() ?? 0 }), "\(name)")
      #expect(y.min(axes) == Tensor(shape: kept, scalars: groups.map { $0.min() ?? 0 }), "\(name)")
      #expect(y.sum(axes, keepingAxes: true).shape == all && y.mean(axes, keepingAxes: true).shape == all, "\(name)")
    }
  }

  /// As in NumPy: `numpy.array([True, False, True]).sum()` is 2, `.mean()` is 2 / 3.
  @Test func countsTruthValues() {
    let x = Tensor<Bool>(shape: [2, 3], scalars: [true, false, true, false, false, false])
    #expect(x.sum() == Tensor<Int32>(scalar: 2))
    #expect(x.sum([1]).scalars == [2, 0])
    #expect(x.mean([1]).scalars == [2.0 / 3, 0])
    #expect(x.sum([0], keepingAxes: true).shape == [1, 3])
  }

  /// 9,633,792 bytes of 255, a batch of white photos, add up to more than 2³¹ - 1.
  @Test func sumsOfWholeNumbersNeverWrapAround() async {
    let photos = Tensor<UInt8>(repeating: 255, shape: [8, 3, 64, 64])
    #expect(photos.sum().scalar == 25_067_520)
    #expect(Tensor<Int32>([.max, .min, .max]).sum().scalar == 2_147_483_646)
    #expect(Tensor<Int32>([.max, .max]).mean().scalar == 2_147_483_647)
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor<UInt8>(repeating: 255, shape: [64, 3, 224, 224]).sum()
    }
    expectMessage("sum: Int32 cannot hold 2456616960; toDouble().sum() can", in: result)
  }

  private func check<Scalar: FloatingScalar>(_ x: Tensor<Scalar>, _ axes: [Int]?) {
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
    // As in NumPy.
    #expect(x.mean().scalar.isNaN && x.variance().scalar.isNaN)
    #expect(isSame(x.mean([0]), Tensor(repeating: .nan, shape: [3])))
    #expect(isSame(x.variance([0], keepingAxes: true), Tensor(repeating: .nan, shape: [1, 3])))
    #expect(x.mean([1]).shape == [0] && x.variance([1]).shape == [0])
    #expect(Tensor<Float>(zeros: [3, 0]).mean([0]).shape == [0])
    let bytes = Tensor<UInt8>(zeros: [0, 3])
    #expect(bytes.sum([0]).scalars == [0, 0, 0])
    #expect(bytes.mean([0]).scalars.allSatisfy(\.isNaN) && bytes.variance().scalar.isNaN)
    #expect(Tensor<Bool>(zeros: [0]).sum().scalar == 0 && Tensor<Bool>(zeros: [0]).mean().scalar.isNaN)
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

    let least = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor<UInt8>(zeros: [0]).min()
    }
    expectMessage("min: no elements along [0] of [0]", in: least)

    let place = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor<Int32>(zeros: [3, 0]).argmax()
    }
    expectMessage("argmax: no elements along [1] of [3, 0]", in: place)

    let adjoint = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor<Float>(zeros: [3]).summed(to: [2, 3])
    }
    expectMessage("summed: [2, 3] does not broadcast to [3]", in: adjoint)
  }
}
