import Glibc

/// An IP address: 4 or 16 bytes.
package struct IPAddress: Hashable, Sendable, CustomStringConvertible {
  /// The bytes in network order.
  package let bytes: [UInt8]

  /// Makes an address from its 4 or 16 bytes.
  package init?(bytes: some Collection<UInt8>) {
    guard bytes.count == 4 || bytes.count == 16 else { return nil }
    self.bytes = Array(bytes)
  }

  /// Reads `192.0.2.1` or `2001:db8::1`.
  package init?(_ text: String) {
    var bytes = [UInt8](repeating: 0, count: 16)
    if inet_pton(AF_INET, text, &bytes) == 1 {
      self.init(bytes: bytes.prefix(4))
    } else if inet_pton(AF_INET6, text, &bytes) == 1 {
      self.init(bytes: bytes)
    } else {
      return nil
    }
  }

  /// Reads the address in a `sockaddr`; nil for other families than IPv4 and IPv6.
  init?(_ socketAddress: UnsafeRawPointer, family: Int32) {
    let range: Range<Int>
    switch family {
    case AF_INET:
      guard let start = MemoryLayout<sockaddr_in>.offset(of: \.sin_addr) else { return nil }
      range = start..<start + 4
    case AF_INET6:
      guard let start = MemoryLayout<sockaddr_in6>.offset(of: \.sin6_addr) else { return nil }
      range = start..<start + 16
    default: return nil
    }
    self.init(bytes: UnsafeRawBufferPointer(start: socketAddress + range.lowerBound, count: range.count))
  }

  /// Whether the address is on the public internet, by the registries of special addresses (RFC 6890 and the later
  /// additions of IANA).
  ///
  /// For an IPv6 address that contains an IPv4 address, the IPv4 address decides.
  package var isPublic: Bool {
    if bytes.count == 4 { return !Self.special4.contains { $0.contains(bytes) } }
    for (block, start) in Self.embedding where block.contains(bytes) {
      return IPAddress(bytes: bytes[start..<start + 4])?.isPublic ?? false
    }
    return Self.global6.contains(bytes) && !Self.special6.contains { $0.contains(bytes) }
  }

  /// The address in its usual form.
  package var description: String {
    var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
    inet_ntop(bytes.count == 4 ? AF_INET : AF_INET6, bytes, &text, socklen_t(text.count))
    return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}

extension IPAddress {
  /// A block of addresses: all that begin with the same bits.
  private struct Block {
    let prefix: [UInt8]
    let bitCount: Int

    init(_ prefix: [UInt8], bits: Int) {
      self.prefix = prefix
      bitCount = bits
    }

    func contains(_ address: [UInt8]) -> Bool {
      (0..<bitCount).allSatisfy { bit in
        let byte = bit / 8
        let expected = byte < prefix.count ? prefix[byte] : 0
        return (address[byte] ^ expected) & (0x80 >> UInt8(bit % 8)) == 0
      }
    }
  }

  private static let special4 = [
    Block([0], bits: 8), Block([10], bits: 8), Block([100, 64], bits: 10), Block([127], bits: 8),
    Block([169, 254], bits: 16), Block([172, 16], bits: 12), Block([192, 0, 0], bits: 24),
    Block([192, 0, 2], bits: 24), Block([192, 88, 99], bits: 24), Block([192, 168], bits: 16),
    Block([198, 18], bits: 15), Block([198, 51, 100], bits: 24), Block([203, 0, 113], bits: 24),
    Block([224], bits: 3),
  ]

  /// Blocks of IPv6 addresses that contain an IPv4 address, and the byte where it starts: mapped, translated (NAT64)
  /// and 6to4.
  private static let embedding = [
    (Block([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff], bits: 96), 12),
    (Block([0, 0x64, 0xff, 0x9b], bits: 96), 12),
    (Block([0x20, 0x02], bits: 16), 2),
  ]

  /// The only block from which public IPv6 addresses are assigned, 2000::/3.
  private static let global6 = Block([0x20], bits: 3)

  private static let special6 = [
    Block([0x20, 0x01, 0], bits: 23), Block([0x20, 0x01, 0x0d, 0xb8], bits: 32), Block([0x3f, 0xff], bits: 20),
  ]
}
