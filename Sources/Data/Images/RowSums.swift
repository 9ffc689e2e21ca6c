/// How the rows of a picture are joined where that is done before its columns: with weights in 1/65536.
///
/// A weight may be off by half of that, the sum of up to ``maximumTaps`` rows so by 0.13 of 255 at worst.
struct RowSums {
  private static let maximumTaps = 64
  private static let one = 1 << 16

  let tapCount: Int
  let firsts: [Int32]
  /// `tapCount` weights for each row of the result; they sum to 65536, or to 65535 where one row counts alone.
  let weights: [UInt16]

  /// Nil if a weight is negative, or if so many rows are combined that 16 bits are not enough.
  init?(_ taps: ResizeTaps) {
    guard taps.tapCount <= Self.maximumTaps, taps.weights.allSatisfy({ $0 >= 0 }) else { return nil }
    tapCount = taps.tapCount
    firsts = taps.firsts
    var weights = taps.weights.map { Int(($0 * Float(Self.one)).rounded()) }
    for start in stride(from: 0, to: weights.count, by: tapCount) {
      let own = start..<start + tapCount
      // The rounding error of the sum is added to the largest weight, so that white stays white.
      let largest = own.max { weights[$0] < weights[$1] } ?? start
      weights[largest] += Self.one - weights[own].reduce(0, +)
    }
    self.weights = weights.map { UInt16(clamping: $0) }
  }
}
