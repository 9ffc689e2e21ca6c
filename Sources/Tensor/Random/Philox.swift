/// Philox 4x32 with ten rounds: maps a 128-bit counter, with a 64-bit key, one-to-one to 128 bits that pass as random.
///
/// Each block of the stream can be computed on its own, and therefore in parallel. The stream is the same on every
/// machine. Source: Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3", 2011.
package enum Philox {
  /// Four random 32-bit words for the counter (`block`, `stream`) and the key `seed`.
  @inline(__always)
  package static func words(seed: UInt64, stream: UInt64, block: UInt64) -> (UInt32, UInt32, UInt32, UInt32) {
    var (c0, c1) = (UInt32(truncatingIfNeeded: block), UInt32(truncatingIfNeeded: block >> 32))
    var (c2, c3) = (UInt32(truncatingIfNeeded: stream), UInt32(truncatingIfNeeded: stream >> 32))
    var (k0, k1) = (UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32))
    for _ in 0..<10 {
      let a = UInt64(c0) &* 0xD251_1F53
      let b = UInt64(c2) &* 0xCD9E_8D57
      let (highA, lowA) = (UInt32(truncatingIfNeeded: a >> 32), UInt32(truncatingIfNeeded: a))
      let (highB, lowB) = (UInt32(truncatingIfNeeded: b >> 32), UInt32(truncatingIfNeeded: b))
      (c0, c1, c2, c3) = (highB ^ c1 ^ k0, lowB, highA ^ c3 ^ k1, lowA)
      k0 &+= 0x9E37_79B9
      k1 &+= 0xBB67_AE85
    }
    return (c0, c1, c2, c3)
  }
}
