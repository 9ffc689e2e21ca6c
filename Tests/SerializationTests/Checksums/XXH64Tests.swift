import Serialization
import Testing

@Suite struct XXH64Tests {
  /// What `xxhash.xxh64_intdigest` of Python's `xxhash` answers for the first bytes of `7 i mod 256`: lengths around the
  /// steps of 32, 8 and 4 bytes that the algorithm takes.
  @Test func agreesWithXXHash() {
    let bytes = (0..<1000).map { UInt8($0 * 7 % 256) }
    let expected: [(length: Int, seed: UInt64, checksum: UInt64)] = [
      (0, 0, 0xEF46_DB37_51D8_E999), (1, 0, 0xE934_A84A_DB05_2768), (3, 0, 0x9FF7_0A63_5A62_09AB),
      (4, 0, 0xAE5A_CDC0_0A55_AC41), (7, 0, 0xD734_A6B2_6F3D_A63E), (8, 0, 0x8711_6B33_65B9_24EB),
      (31, 0, 0x0F18_7C62_B1E7_22B7), (32, 0, 0x91B0_CB09_31A8_C629), (33, 0, 0x931B_043C_F8D6_5B94),
      (63, 0, 0x2191_10BF_13E2_FA26), (64, 0, 0xBF30_52E3_4457_75D0), (100, 0, 0x8E22_72C0_8247_D5DB),
      (1000, 0, 0x2527_5608_A9CF_C168), (0, 1, 0xD5AF_BA13_36A3_BE4B), (33, 1, 0xE10D_F65D_739E_0FCD),
      (1000, 1, 0x68B0_523A_81EF_A7F0), (0, .max, 0x298F_4C84_B24F_5380), (33, .max, 0xE382_BD86_969A_7B4E),
      (1000, .max, 0x57B7_57B9_0E7E_93B0),
    ]
    for (length, seed, checksum) in expected {
      #expect(bytes[..<length].withUnsafeBytes { xxh64($0, seed: seed) } == checksum, "\(length) bytes, seed \(seed)")
    }
  }
}
