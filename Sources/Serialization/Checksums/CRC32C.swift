/// The checksum CRC-32C (Castagnoli) of bytes, as in iSCSI (RFC 3720, appendix B.4): the reflected polynomial 0x82F63B78,
/// with all bits inverted before and after.
package func crc32c(_ bytes: some Sequence<UInt8>) -> UInt32 {
  ~bytes.reduce(~0) { sum, byte in table[Int(UInt8(truncatingIfNeeded: sum) ^ byte)] ^ (sum >> 8) }
}

/// The remainders of all bytes.
private let table: [UInt32] = (0..<256).map { byte in
  (0..<8).reduce(UInt32(byte)) { sum, _ in sum & 1 == 1 ? sum >> 1 ^ 0x82F6_3B78 : sum >> 1 }
}
