import Data
import Foundation

/// The path of a file made by `Fixtures/make_fixtures.py`.
func fixture(_ name: String) -> String {
  Bundle.module.bundleURL.appending(path: "Fixtures/\(name)").path
}

/// Whether a library that Kilim loads when it needs it is on the machine.
func hasLibrary(_ name: String) -> Bool { dlopen(name, RTLD_LAZY) != nil }

/// The content of a JSON fixture.
func readFixture<Value: Decodable>(_ name: String, as type: Value.Type = Value.self) throws -> Value {
  try JSONDecoder().decode(Value.self, from: Foundation.Data(contentsOf: URL(filePath: fixture(name))))
}

/// The largest difference between two pictures, or nil when their sizes differ.
func difference(_ a: Image, _ b: Image) -> Int? {
  guard a.width == b.width, a.height == b.height else { return nil }
  return zip(a.pixels, b.pixels).map { abs(Int($0) - Int($1)) }.max()
}

/// Pixels picked from a picture that a reference library decoded.
struct DecodedSamples: Decodable {
  let width: Int
  let height: Int
  let positions: [Int]
  let colours: [[Int]]

  /// The largest difference to the same pixels of `image`, or nil when its size differs.
  func difference(to image: Image) -> Int? {
    guard image.width == width, image.height == height else { return nil }
    return zip(positions, colours).flatMap { position, colour in
      (0..<3).map { abs(Int(image.pixels[3 * position + $0]) - colour[$0]) }
    }.max()
  }
}
