/// A 64-bit checksum of bytes, as fast as they can be read from memory: XXH64 (Yann Collet, xxHash, 2014).
///
/// It detects damage and distinguishes contents. It is no protection against intended collisions.
package func xxh64(_ bytes: UnsafeRawBufferPointer, seed: UInt64 = 0) -> UInt64 {
  var hash = seed &+ Prime.fifth
  var offset = 0
  if bytes.count >= 32 {
    // Four independent lanes, which the processor can compute at the same time.
    var lanes = SIMD4(
      seed &+ Prime.first &+ Prime.second, seed &+ Prime.second, seed, seed &- Prime.first)
    while offset + 32 <= bytes.count {
      for lane in 0..<4 { lanes[lane] = round(lanes[lane], word(of: bytes, at: offset + 8 * lane)) }
      offset += 32
    }
    hash = rotate(lanes[0], 1) &+ rotate(lanes[1], 7) &+ rotate(lanes[2], 12) &+ rotate(lanes[3], 18)
    for lane in 0..<4 { hash = (hash ^ round(0, lanes[lane])) &* Prime.first &+ Prime.fourth }
  }
  hash &+= UInt64(bytes.count)
  while offset + 8 <= bytes.count {
    hash = rotate(hash ^ round(0, word(of: bytes, at: offset)), 27) &* Prime.first &+ Prime.fourth
    offset += 8
  }
  if offset + 4 <= bytes.count {
    let half = UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
    hash = rotate(hash ^ UInt64(half) &* Prime.first, 23) &* Prime.second &+ Prime.third
    offset += 4
  }
  while offset < bytes.count {
    hash = rotate(hash ^ UInt64(bytes[offset]) &* Prime.fifth, 11) &* Prime.first
    offset += 1
  }
  hash = (hash ^ hash >> 33) &* Prime.second
  hash = (hash ^ hash >> 29) &* Prime.third
  return hash ^ hash >> 32
}

/// The constants of the definition.
private enum Prime {
  static let first: UInt64 = 0x9E37_79B1_85EB_CA87
  static let second: UInt64 = 0xC2B2_AE3D_27D4_EB4F
  static let third: UInt64 = 0x1656_67B1_9E37_79F9
  static let fourth: UInt64 = 0x85EB_CA77_C2B2_AE63
  static let fifth: UInt64 = 0x27D4_EB2F_1656_67C5
}

@inline(__always)
private func word(of bytes: UnsafeRawBufferPointer, at offset: Int) -> UInt64 {
  UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
}

@inline(__always)
private func round(_ lane: UInt64, _ word: UInt64) -> UInt64 {
  rotate(lane &+ word &* Prime.second, 31) &* Prime.first
}

@inline(__always)
private func rotate(_ value: UInt64, _ count: UInt64) -> UInt64 {
  value << count | value >> (64 - count)
}
