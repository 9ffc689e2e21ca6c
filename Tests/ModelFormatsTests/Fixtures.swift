import Foundation
import Serialization

/// The bytes of a committed file, by its path inside `Fixtures`.
func fixture(_ name: String) throws -> [UInt8] {
  try readFile(fixturePath(name), limit: 1 << 24)
}

/// Where a committed file stands.
func fixturePath(_ name: String) -> String {
  Bundle.module.bundleURL.appending(path: "Fixtures").appending(path: name).path
}
