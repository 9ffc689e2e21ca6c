import Data
import DivarCollector
import Foundation
import Testing

@Suite struct PerceptualHashTests {
  /// ImageHash turns pictures gray before it reduces them, which may tip a bit whose two values are nearly alike.
  @Test func agreesWithImageHash() throws {
    let folder = try #require(Bundle.module.url(forResource: "Fixtures", withExtension: nil))
    let expected = try JSONDecoder().decode(
      [String: PerceptualHash].self,
      from: Foundation.Data(contentsOf: folder.appending(path: "perceptual-hashes.json")))
    #expect(expected.count == 3)
    for (name, hash) in expected {
      let found = PerceptualHash(of: try Image(contentsOfFile: folder.appending(path: name).path))
      #expect(found.distance(to: hash) <= 1, "\(name): \(found.distance(to: hash))")
    }
  }

  @Test func sizeAndCompressionHardlyMatter() throws {
    for number in 0..<20 {
      let image = try Image(decoding: try picture(number, side: 150, quality: 95))
      let smaller = try Image(decoding: image.resized(to: 97, .bilinear).jpeg(quality: 50))
      #expect(PerceptualHash(of: image).distance(to: PerceptualHash(of: smaller)) <= 5, "\(number)")
    }
  }

  @Test func otherPicturesAreFarAway() throws {
    let hashes = try (0..<30).map { PerceptualHash(of: try Image(decoding: try picture($0))) }
    for (number, hash) in hashes.enumerated() {
      for other in hashes[(number + 1)...] { #expect(hash.distance(to: other) > 20) }
    }
  }

  @Test func text() throws {
    let text = "\"00000000000000010000000000000000\""
    let hash = try JSONDecoder().decode(PerceptualHash.self, from: Foundation.Data(text.utf8))
    #expect(hash.bits == 1 << 64)
    #expect(String(decoding: try JSONEncoder().encode(hash), as: UTF8.self) == text)
    #expect(throws: DecodingError.self) {
      try JSONDecoder().decode(PerceptualHash.self, from: Foundation.Data("\"cat\"".utf8))
    }
  }
}
