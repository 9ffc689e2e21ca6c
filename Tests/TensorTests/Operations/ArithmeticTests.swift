import Tensor
import TestSupport
import Testing

struct ArithmeticTests {
  @Test(arguments: broadcastingShapes) func combinesFloatsUnderEveryLayout(a: Shape, b: Shape) {
    checkEveryLayout(dyadicSample(a) as Tensor<Float>, dyadicSample(b, seed: 2))
    checkEveryLayout(dyadicSample(a) as Tensor<Double>, dyadicSample(b, seed: 2))
    checkDivision(sample(a) as Tensor<Float>, sample(b, seed: 2))
    checkDivision(sample(a) as Tensor<Double>, sample(b, seed: 2))
  }

  @Test(arguments: broadcastingShapes) func combinesIntegersUnderEveryLayout(a: Shape, b: Shape) {
    checkEveryLayout(wholeSample(a) as Tensor<Int32>, wholeSample(b, seed: 2))
    let (x, y): (Tensor<UInt8>, Tensor<UInt8>) = (wholeSample(a), wholeSample(b, seed: 2))
    #expect(x + y == naiveCombined(x, y, +))
    #expect(x + 10 - y == naiveCombined(x, y) { $0 + 10 - $1 })
    #expect(x * y == naiveCombined(x, y, *))
    #expect(Tensor.maximum(x, y) == naiveCombined(x, y, Swift.max))
  }

  private func checkEveryLayout<Scalar: NumericScalar>(_ a: Tensor<Scalar>, _ b: Tensor<Scalar>) {
    for (aName, x) in everyLayout(of: a) {
      for (bName, y) in everyLayout(of: b) {
        #expect(x + y == naiveCombined(a, b, +), "\(aName), \(bName)")
        #expect(x - y == naiveCombined(a, b, -), "\(aName), \(bName)")
        #expect(x * y == naiveCombined(a, b, *), "\(aName), \(bName)")
        #expect(Tensor.maximum(x, y) == naiveCombined(a, b, Swift.max), "\(aName), \(bName)")
        #expect(Tensor.minimum(x, y) == naiveCombined(a, b, Swift.min), "\(aName), \(bName)")
      }
    }
  }

  private func checkDivision<Scalar: FloatingScalar>(_ a: Tensor<Scalar>, _ b: Tensor<Scalar>) {
    for (name, x) in everyLayout(of: a) { #expect(isSame(x / b, naiveCombined(a, b, /)), "\(name)") }
    for (name, y) in everyLayout(of: b) { #expect(isSame(a / y, naiveCombined(a, b, /)), "\(name)") }
  }

  @Test(arguments: sampleShapes) func combinesWithNumbers(shape: Shape) {
    let x: Tensor<Float> = sample(shape)
    func expected(_ transform: (Float) -> Float) -> Tensor<Float> {
      Tensor(shape: shape, scalars: x.scalars.map(transform))
    }
    for (name, y) in everyLayout(of: x) {
      #expect(y + 2 == expected { $0 + 2 }, "\(name)")
      #expect(2 + y == expected { 2 + $0 }, "\(name)")
      #expect(y - 2 == expected { $0 - 2 }, "\(name)")
      #expect(2 - y == expected { 2 - $0 }, "\(name)")
      #expect(y * 3 == expected { $0 * 3 }, "\(name)")
      #expect(3 * y == expected { 3 * $0 }, "\(name)")
      #expect(y / 3 == expected { $0 / 3 }, "\(name)")
      #expect(isSame(3 / y, expected { 3 / $0 }), "\(name)")
      #expect(-y == expected { -$0 }, "\(name)")
      #expect(y.clipped(to: -1...0.5) == expected { Swift.min(Swift.max($0, -1), 0.5) }, "\(name)")
    }
  }

  @Test func addsInPlace() {
    var x = Tensor<Float>(shape: [2, 2], scalars: [1, 2, 3, 4])
    let before = x
    x += Tensor([10, 20])
    #expect(x.scalars == [11, 22, 13, 24])
    #expect(before.scalars == [1, 2, 3, 4])
  }

  /// What is repeated is added in place too, along any axis and in any order in memory.
  @Test func addsInPlaceWhatIsRepeated() {
    let shape: Shape = [2, 3, 4, 5]
    for order in [[0, 1, 2, 3], [0, 2, 3, 1], [3, 1, 0, 2]] {
      let back = order.indices.map { axis in order.firstIndex(of: axis) ?? 0 }
      for other in [[2, 3, 1, 1], [1, 3, 1, 1], [5], [1, 1, 4, 1], [1], [2, 1, 4, 5]] as [Shape] {
        let (x, y): (Tensor<Float>, Tensor<Float>) = (sample(shape), sample(other, seed: 2))
        var sum = x.permuted(order).contiguous().permuted(back)
        sum += y
        #expect(sum == x + y, "\(order), \(other)")
      }
    }
  }

  @Test func followsIEEE754() {
    let x = Tensor<Float>([.nan, .infinity, -.infinity, 0])
    #expect(isSame(x + 1, Tensor([.nan, .infinity, -.infinity, 1])))
    #expect(isSame(1 / x, Tensor([.nan, 0, -0.0, .infinity])))
    #expect(isSame(x - x, Tensor([.nan, .nan, .nan, 0])))
    #expect(isSame(x.clipped(to: -1...1), Tensor([.nan, 1, -1, 0])))
  }

  @Test func extremesAreNaNWhereEitherIs() {
    let (x, y) = (Tensor<Double>([.nan, 1, .nan, 1]), Tensor<Double>([1, .nan, .nan, 2]))
    #expect(isSame(Tensor.maximum(x, y), Tensor([.nan, .nan, .nan, 2])))
    #expect(isSame(Tensor.minimum(x, y), Tensor([.nan, .nan, .nan, 1])))
  }

  @Test func integersReachTheirLimits() {
    let bytes = Tensor<UInt8>([0, 100, 255])
    #expect((bytes + Tensor([255, 155, 0])).scalars == [255, 255, 255])
    #expect((255 - bytes).scalars == [255, 155, 0] && (bytes - bytes).scalars == [0, 0, 0])
    #expect((bytes * Tensor([255, 2, 1])).scalars == [0, 200, 255])
    let numbers = Tensor<Int32>([.min, .max])
    #expect(
      (numbers + Tensor([.max, .min])).scalars == [-1, -1] && (numbers * 1) == numbers && numbers - 0 == numbers)
  }

  @Test func stopsWhereAnIntegerOverflows() async {
    let sum = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor<UInt8>([1, 200]) + Tensor<UInt8>([2, 100])
    }
    expectMessage("+: UInt8 cannot hold 200 + 100; convert the tensors with toDouble() first", in: sum)
    let difference = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = 1 - Tensor<UInt8>([1, 2])
    }
    expectMessage("-: UInt8 cannot hold 1 - 2;", in: difference)
    let product = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor<Int32>([65_536, 3]) * Tensor<Int32>(shape: [2, 1], scalars: [1, 65_536])
    }
    expectMessage("*: Int32 cannot hold 65536 * 65536;", in: product)
    let inPlace = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      var x = Tensor<Int32>([.max])
      x += Tensor([1])
    }
    expectMessage("+: Int32 cannot hold 2147483647 + 1;", in: inPlace)
  }

  @Test func stopsWhereShapesDoNotBroadcast() async {
    let sum = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor<Float>(zeros: [2, 3]) + Tensor<Float>(zeros: [2])
    }
    expectMessage("+: shapes do not broadcast: [2, 3] and [2]", in: sum)

    let inPlace = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      var x = Tensor<Float>(zeros: [3])
      x += Tensor<Float>(zeros: [2, 3])
    }
    expectMessage("broadcast: [2, 3] does not broadcast to [3]", in: inPlace)
  }
}
