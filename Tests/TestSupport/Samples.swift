import Tensor

/// A stream of random numbers that is independent of Kilim's generator (SplitMix64; Steele, Lea and Flood 2014).
public struct SplitMix: RandomNumberGenerator {
  private var state: UInt64

  public init(seed: UInt64) { state = seed }

  public mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

/// Multiples of 1/16 between -2 and 2.
///
/// Products of two of them are multiples of 1/256, so sums of up to 2¹⁴ such products are exact even in `Float`. A right
/// result is equal bit by bit, in any order of summation.
public func dyadicSample<Scalar: FloatingScalar>(_ shape: Shape, seed: UInt64 = 1) -> Tensor<Scalar> {
  var numbers = SplitMix(seed: seed)
  return Tensor(
    shape: shape,
    scalars: (0..<shape.elementCount).map { _ in Scalar(Int.random(in: -32...32, using: &numbers)) / 16 })
}

/// Numbers uniform between -2 and 2 with all bits in use, so that any change of order shows.
public func sample<Scalar: FloatingScalar>(_ shape: Shape, seed: UInt64 = 1) -> Tensor<Scalar> {
  var numbers = SplitMix(seed: seed)
  return Tensor(
    shape: shape,
    scalars: (0..<shape.elementCount).map { _ in Scalar(Double.random(in: -2..<2, using: &numbers)) })
}

/// Small whole numbers from 0 to 9.
public func wholeSample<Scalar: NumericScalar>(_ shape: Shape, seed: UInt64 = 1) -> Tensor<Scalar> {
  var numbers = SplitMix(seed: seed)
  return Tensor(
    shape: shape,
    scalars: (0..<shape.elementCount).map { _ in Scalar(exactly: Int.random(in: 0...9, using: &numbers)) ?? 0 })
}

/// Shapes of every rank up to 4: scalar, empty, odd, and large enough for several chunks.
public let sampleShapes: [Shape] = [
  [], [0], [1], [7], [3, 0, 2], [2, 3], [5, 1], [3, 5, 7], [1, 3, 1, 2], [2, 3, 5, 4], [9, 131, 129],
]
