import Serialization
import Testing

@Suite struct SHA256Tests {
  // FIPS 180-4's examples and Python's hashlib.
  @Test(arguments: [
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
  ])
  func examples(_ text: String, _ digest: String) {
    #expect("\(SHA256(of: text.utf8))" == digest)
  }

  /// The digest of the digests of every length up to 300: all ways to fill up the last block.
  @Test func everyLength() {
    let digests = (0...300).map { count in "\(SHA256(of: (0..<count).map { UInt8(truncatingIfNeeded: $0) }))" }
    #expect(
      "\(SHA256(of: digests.joined().utf8))" == "d64e80cd14d5651b82fc752683de544bebae3046132ed7278785fdd2e9f3c310")
  }

  @Test func aMillion() {
    #expect(
      "\(SHA256(of: [UInt8](repeating: 0x61, count: 1_000_000)))"
        == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
  }
}
