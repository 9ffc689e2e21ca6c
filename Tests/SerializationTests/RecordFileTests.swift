import Foundation
import Serialization
import TestSupport
import Testing

@Suite struct RecordFileTests {
  /// The examples of RFC 3720, appendix B.4, and the usual check value.
  @Test func checksumsAreThoseOfTheStandard() {
    #expect(crc32c([UInt8](repeating: 0, count: 32)) == 0x8A91_36AA)
    #expect(crc32c([UInt8](repeating: 0xFF, count: 32)) == 0x62A8_AB43)
    #expect(crc32c([UInt8](0..<32)) == 0x46DD_794E)
    #expect(crc32c([UInt8]((0..<32).reversed())) == 0x113F_DB5C)
    #expect(crc32c("123456789".utf8) == 0xE306_9283)
    #expect(crc32c([]) == 0)
  }

  /// A record has its length and two checksums.
  @Test func recordsAreFramed() throws {
    let folder = try TemporaryFolder()
    let file = try RecordFile(making: folder.path("a"))
    try file.append(Array("hello".utf8))
    try file.append([])
    let bytes = try [UInt8](Data(contentsOf: folder.url.appending(path: "a")))
    #expect(bytes.count == 16 + 5 + 16)
    #expect(bytes[..<8] == [5, 0, 0, 0, 0, 0, 0, 0])
    #expect(bytes[12..<17] == ArraySlice("hello".utf8))
    func number(_ offset: Int) -> UInt32 { (0..<4).reduce(0) { $0 | UInt32(bytes[offset + $1]) << (8 * $1) } }
    // The mask takes a sum from its record: undone, both are the sums of the bytes.
    func unmasked(_ value: UInt32) -> UInt32 {
      let rotated = value &- 0xA282_EAD8
      return rotated << 15 | rotated >> 17
    }
    #expect(unmasked(number(8)) == crc32c(bytes[..<8]))
    #expect(unmasked(number(17)) == crc32c("hello".utf8))
  }

  @Test func nothingIsReplaced() throws {
    let folder = try TemporaryFolder()
    _ = try RecordFile(making: folder.path("a"))
    let error = #expect(throws: FileError.self) { try RecordFile(making: folder.path("a")) }
    #expect(try #require(error).reason == .system(EEXIST))
    #expect(throws: FileError.self) { try RecordFile(making: folder.path("missing/a")) }
  }
}
