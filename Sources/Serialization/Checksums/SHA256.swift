/// The digest SHA-256 (FIPS 180-4), for names and checks that depend on the content.
package struct SHA256: Hashable, Sendable, CustomStringConvertible {
  /// The eight words of the digest.
  private let words: [UInt32]

  /// Computes the digest of bytes. Cost: a few nanoseconds for each.
  package init(of bytes: some Sequence<UInt8>) {
    var computation = Computation()
    Array(bytes).withUnsafeBytes { computation.add($0) }
    words = computation.finished()
  }

  /// Computes the digest of a file, piece by piece.
  ///
  /// - Throws: ``FileError``.
  package init(contentsOf path: String) throws(FileError) {
    let file = try RandomAccessFile(path)
    let piece = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 16)
    defer { piece.deallocate() }
    var computation = Computation()
    var offset = 0
    while true {
      let count = try file.read(at: offset, into: piece)
      computation.add(UnsafeRawBufferPointer(rebasing: piece[..<count]))
      offset += count
      if count < piece.count { break }
    }
    words = computation.finished()
  }

  /// The 64 hexadecimal digits.
  package var description: String {
    words.map { word in
      let digits = String(word, radix: 16)
      return String(repeating: "0", count: 8 - digits.count) + digits
    }.joined()
  }

  /// The first 64 bits.
  package var prefix: UInt64 { UInt64(words[0]) << 32 | UInt64(words[1]) }
}

/// A digest to which bytes are still added.
private struct Computation {
  private var words: [UInt32] = [
    0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19,
  ]
  /// The bytes behind the last whole block of 64.
  private var rest: [UInt8] = []
  private var byteCount: UInt64 = 0

  mutating func add(_ bytes: UnsafeRawBufferPointer) {
    byteCount += UInt64(bytes.count)
    var bytes = bytes[...]
    if !rest.isEmpty {
      let missing = bytes.prefix(64 - rest.count)
      rest.append(contentsOf: missing)
      bytes = bytes.dropFirst(missing.count)
      guard rest.count == 64 else { return }
      let block = rest
      block.withUnsafeBytes { takeBlocks($0) }
      rest.removeAll()
    }
    let whole = bytes.prefix(bytes.count / 64 * 64)
    takeBlocks(UnsafeRawBufferPointer(rebasing: whole))
    rest.append(contentsOf: bytes.dropFirst(whole.count))
  }

  /// Section 5.1.1: one bit, zeros, and the number of bits.
  mutating func finished() -> [UInt32] {
    let bitCount = byteCount * 8
    var end: [UInt8] = [0x80]
    end.append(contentsOf: repeatElement(0, count: (119 - rest.count) % 64))
    for shift in stride(from: 56, through: 0, by: -8) { end.append(UInt8(truncatingIfNeeded: bitCount >> shift)) }
    end.withUnsafeBytes { add($0) }
    return words
  }

  /// Section 6.2.2: mixes blocks of 64 bytes into the digest.
  private mutating func takeBlocks(_ blocks: UnsafeRawBufferPointer) {
    withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 64) { schedule in
      for start in stride(from: 0, to: blocks.count, by: 64) {
        take(UnsafeRawBufferPointer(rebasing: blocks[start..<start + 64]), schedule: schedule)
      }
    }
  }

  private mutating func take(_ block: UnsafeRawBufferPointer, schedule: UnsafeMutableBufferPointer<UInt32>) {
    for index in 0..<16 {
      schedule[index] = UInt32(bigEndian: block.loadUnaligned(fromByteOffset: 4 * index, as: UInt32.self))
    }
    for index in 16..<64 {
      let (early, late) = (schedule[index - 15], schedule[index - 2])
      let first = early.rotatedRight(7) ^ early.rotatedRight(18) ^ early >> 3
      let second = late.rotatedRight(17) ^ late.rotatedRight(19) ^ late >> 10
      schedule[index] = schedule[index - 16] &+ first &+ schedule[index - 7] &+ second
    }
    var (a, b, c, d) = (words[0], words[1], words[2], words[3])
    var (e, f, g, h) = (words[4], words[5], words[6], words[7])
    for index in 0..<64 {
      let choice = e & f ^ ~e & g
      let majority = a & b ^ a & c ^ b & c
      let sum1 = e.rotatedRight(6) ^ e.rotatedRight(11) ^ e.rotatedRight(25)
      let sum0 = a.rotatedRight(2) ^ a.rotatedRight(13) ^ a.rotatedRight(22)
      let first = h &+ sum1 &+ choice &+ Self.constants[index] &+ schedule[index]
      let second = sum0 &+ majority
      (a, b, c, d, e, f, g, h) = (first &+ second, a, b, c, d &+ first, e, f, g)
    }
    for (index, value) in [a, b, c, d, e, f, g, h].enumerated() { words[index] &+= value }
  }

  /// The first 32 bits of the fractional parts of the cube roots of the first 64 primes.
  private static let constants: [UInt32] = [
    0x428a_2f98, 0x7137_4491, 0xb5c0_fbcf, 0xe9b5_dba5, 0x3956_c25b, 0x59f1_11f1, 0x923f_82a4, 0xab1c_5ed5,
    0xd807_aa98, 0x1283_5b01, 0x2431_85be, 0x550c_7dc3, 0x72be_5d74, 0x80de_b1fe, 0x9bdc_06a7, 0xc19b_f174,
    0xe49b_69c1, 0xefbe_4786, 0x0fc1_9dc6, 0x240c_a1cc, 0x2de9_2c6f, 0x4a74_84aa, 0x5cb0_a9dc, 0x76f9_88da,
    0x983e_5152, 0xa831_c66d, 0xb003_27c8, 0xbf59_7fc7, 0xc6e0_0bf3, 0xd5a7_9147, 0x06ca_6351, 0x1429_2967,
    0x27b7_0a85, 0x2e1b_2138, 0x4d2c_6dfc, 0x5338_0d13, 0x650a_7354, 0x766a_0abb, 0x81c2_c92e, 0x9272_2c85,
    0xa2bf_e8a1, 0xa81a_664b, 0xc24b_8b70, 0xc76c_51a3, 0xd192_e819, 0xd699_0624, 0xf40e_3585, 0x106a_a070,
    0x19a4_c116, 0x1e37_6c08, 0x2748_774c, 0x34b0_bcb5, 0x391c_0cb3, 0x4ed8_aa4a, 0x5b9c_ca4f, 0x682e_6ff3,
    0x748f_82ee, 0x78a5_636f, 0x84c8_7814, 0x8cc7_0208, 0x90be_fffa, 0xa450_6ceb, 0xbef9_a3f7, 0xc671_78f2,
  ]
}

extension UInt32 {
  fileprivate func rotatedRight(_ count: UInt32) -> UInt32 { self >> count | self << (32 - count) }
}
