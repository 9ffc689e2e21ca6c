/// The upper half of a `Float`: its sign, its exponent and 7 bits of its fraction.
struct BFloat16 {
  let bits: UInt16

  /// The nearest number, of two the even one; infinity beyond the largest.
  @inline(__always)
  init(_ value: Float) {
    let pattern = value.bitPattern
    let rounded = pattern &+ 0x7FFF &+ (pattern >> 16 & 1)
    bits = UInt16(truncatingIfNeeded: (value == value ? rounded : 0x7FC0_0000) >> 16)
  }

  /// The same number.
  @inline(__always)
  var value: Float { Float(bitPattern: UInt32(bits) << 16) }
}
