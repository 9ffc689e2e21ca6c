import Foundation
import Tensor
import TestSupport
import Testing

struct FunctionsTests {
  @Test(arguments: sampleShapes) func appliesToEveryElement(shape: Shape) {
    check(sample(shape) as Tensor<Double>, tolerance: 4 * Double.ulpOfOne)
    check(sample(shape) as Tensor<Float>, tolerance: 4 * Float.ulpOfOne)
  }

  /// The references are computed in `Double`; for `Float` a function may differ by the rounding of its argument's
  /// steps, a few units in the last place.
  private func check<Scalar: FloatingScalar>(_ x: Tensor<Scalar>, tolerance: Scalar) {
    func expected(_ transform: (Double) -> Double) -> Tensor<Scalar> {
      Tensor(shape: x.shape, scalars: x.scalars.map { Scalar(transform($0.asDouble)) })
    }
    for (name, y) in everyLayout(of: x) {
      #expect(deviation(y.exp(), from: expected(Foundation.exp)) <= tolerance, "\(name)")
      #expect(deviation(y.squared().log(), from: expected { Foundation.log($0 * $0) }) <= tolerance, "\(name)")
      #expect(deviation(y.squared().squareRoot(), from: expected(Swift.abs)) <= tolerance, "\(name)")
      #expect(deviation(y.tanh(), from: expected(Foundation.tanh)) <= tolerance, "\(name)")
      #expect(deviation(y.sigmoid(), from: expected { 1 / (1 + Foundation.exp(-$0)) }) <= tolerance, "\(name)")
      #expect(y.absolute() == expected(Swift.abs), "\(name)")
      #expect(y.relu() == expected { Swift.max($0, 0) }, "\(name)")
    }
  }

  @Test func survivesLargeAndOddNumbers() {
    let x = Tensor<Float>([-1e30, -200, 0, 200, 1e30, .infinity, -.infinity, .nan])
    #expect(isSame(x.sigmoid(), Tensor([0, 0, 0.5, 1, 1, 1, 0, .nan])))
    #expect(isSame(x.tanh(), Tensor([-1, -1, 0, 1, 1, 1, -1, .nan])))
    #expect(isSame(x.relu(), Tensor([0, 0, 0, 200, 1e30, .infinity, 0, .nan])))
    #expect(isSame(x.exp(), Tensor([0, 0, 1, .infinity, .infinity, .infinity, 0, .nan])))
    #expect(isSame(Tensor<Float>([0, -1]).log(), Tensor([-.infinity, .nan])))
  }

  @Test(arguments: sampleShapes) func masks(shape: Shape) {
    let (x, y): (Tensor<Float>, Tensor<Float>) = (sample(shape), sample(shape, seed: 2))
    let byPositive = Tensor(shape: shape, scalars: zip(x.scalars, y.scalars).map { $1 > 0 ? $0 : 0 })
    let scaled = byPositive * 1.25
    for (name, x) in everyLayout(of: x) {
      #expect(x.masked(byPositive: y) == byPositive, "\(name)")
      #expect(x.masked(by: y .> 0, scale: 1.25) == scaled, "\(name)")
    }
    for (name, mask) in everyLayout(of: y .> 0) { #expect(x.masked(by: mask, scale: 1.25) == scaled, "\(name)") }
  }

  /// A mask drops what it drops, whatever it was: no NaN comes through as NaN · 0.
  @Test func masksDropNaN() {
    let x = Tensor<Float>([.nan, .infinity, 1])
    #expect(x.masked(by: Tensor([false, false, true]), scale: 2).scalars == [0, 0, 2])
    #expect(x.masked(byPositive: Tensor([0, -1, 1])).scalars == [0, 0, 1])
  }

  @Test func stopsWhereTheMaskHasAnotherShape() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor<Float>(zeros: [2, 3]).masked(by: Tensor<Bool>(zeros: [3]))
    }
    expectMessage("masked: the mask has shape [3], the tensor [2, 3]", in: result)
  }
}
