import Tensor
import TestSupport
import Testing

struct ComparisonTests {
  @Test(arguments: broadcastingShapes) func comparesUnderEveryLayout(a: Shape, b: Shape) {
    checkEveryLayout(wholeSample(a) as Tensor<Float>, wholeSample(b, seed: 2))
    checkEveryLayout(wholeSample(a) as Tensor<Double>, wholeSample(b, seed: 2))
    checkEveryLayout(wholeSample(a) as Tensor<Int32>, wholeSample(b, seed: 2))
    checkEveryLayout(wholeSample(a) as Tensor<UInt8>, wholeSample(b, seed: 2))
  }

  private func checkEveryLayout<Scalar: NumericScalar>(_ a: Tensor<Scalar>, _ b: Tensor<Scalar>) {
    for (name, x) in everyLayout(of: a) {
      #expect((x .== b) == naiveCombined(a, b, ==), "\(name)")
      #expect((x .!= b) == naiveCombined(a, b, !=), "\(name)")
      #expect((x .< b) == naiveCombined(a, b, <), "\(name)")
      #expect((x .<= b) == naiveCombined(a, b, <=), "\(name)")
      #expect((x .> b) == naiveCombined(a, b, >), "\(name)")
      #expect((x .>= b) == naiveCombined(a, b, >=), "\(name)")
    }
  }

  @Test func comparesWithNumbers() {
    let x = Tensor<Int32>([1, 2, 3])
    #expect((x .== 2).scalars == [false, true, false])
    #expect((x .!= 2).scalars == [true, false, true])
    #expect((x .< 2).scalars == [true, false, false])
    #expect((x .<= 2).scalars == [true, true, false])
    #expect((x .> 2).scalars == [false, false, true])
    #expect((x .>= 2).scalars == [false, true, true])
  }

  @Test func nothingComparesToNaN() {
    let x = Tensor<Float>([.nan, .infinity])
    #expect((x .== x).scalars == [false, true])
    #expect((x .!= x).scalars == [true, false])
    #expect((x .<= x).scalars == [false, true])
    #expect((x .> 0).scalars == [false, true])
  }

  @Test(arguments: sampleShapes) func replacesWhereTheMaskIsTrue(shape: Shape) {
    let x: Tensor<Float> = sample(shape)
    let mask = x .> 0
    let expected = Tensor(shape: shape, scalars: x.scalars.map { $0 > 0 ? 9 : $0 })
    for (name, y) in everyLayout(of: x) { #expect(y.replacing(with: 9, where: mask) == expected, "\(name)") }
    for (name, mask) in everyLayout(of: mask) { #expect(x.replacing(with: 9, where: mask) == expected, "\(name)") }
  }

  /// Channels last stay so, with any number of threads.
  @Test func replacingKeepsTheOrderInMemory() {
    let x = (dyadicSample([3, 40, 30, 20]) as Tensor<Float>).permuted([0, 3, 1, 2])
    let expected = x.scalars.map { $0 > 0 ? 9 : $0 }
    for result in resultsOnEveryThreadCount({ x.replacing(with: 9, where: x .> 0) }) {
      #expect(result.layout == x.layout)
      #expect(result.scalars == expected)
    }
  }

  @Test func stopsWhereTheMaskHasAnotherShape() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor<Float>(zeros: [2, 3]).replacing(with: 1, where: Tensor<Bool>(zeros: [3]))
    }
    expectMessage("replacing: the mask has shape [3], the tensor [2, 3]", in: result)
  }
}
