import Data
import Foundation
import Testing

/// Files that other decoders are tested with. Skipped where the folder of such files is not at hand.
@Suite struct CorpusTests {
  static let corpus = shared("corpus")

  /// JPEG: other versions of libjpeg-turbo differ by 1; Pillow's conversions from CMYK and of transparency round.
  @Test(.enabled(if: corpus != nil)) func decodesAsPillowOrRefuses() throws {
    let corpus = try #require(Self.corpus)
    var refused: [String] = []
    for (name, expected) in try readFixture("corpus.json", as: [String: DecodedSamples].self) {
      do {
        let image = try Image(contentsOfFile: corpus + "/" + name)
        let difference = try #require(expected.difference(to: image), "\(name) has another size")
        #expect(difference <= 2, "\(name)")
      } catch let error as ImageError {
        refused.append(error.description)
      }
    }
    let wanted = refused.filter { $0.contains("/jpeg/good/") || $0.contains("/primary/") || $0.contains("/16bit/") }
    #expect(wanted.allSatisfy { $0.contains("partial_progressive.jpg") }, "\(wanted)")
  }

  /// Whatever a file holds, the answer is a picture or an error.
  @Test(.enabled(if: corpus != nil)) func neverCrashes() throws {
    let corpus = try #require(Self.corpus)
    let names = try #require(FileManager.default.enumerator(atPath: corpus)).compactMap { $0 as? String }
    var (decoded, refused) = (0, 0)
    for name in names {
      do throws(ImageError) {
        _ = try Image(contentsOfFile: corpus + "/" + name)
        decoded += 1
        #expect(!name.contains("/corrupt/") && !name.contains("/iphone/"), "\(name)")
      } catch {
        refused += 1
      }
    }
    #expect(decoded > 300 && refused > 50)
  }
}
