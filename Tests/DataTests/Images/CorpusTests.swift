import Data
import Foundation
import TestSupport
import Testing

/// Files that other decoders are tested with. Skipped if the folder of such files is missing.
@Suite struct CorpusTests {
  static let corpus = shared("corpus")
  /// The Python that `Scripts/set-up tests` makes, or another one with Pillow.
  static let python: String? = {
    let path =
      ProcessInfo.processInfo.environment["KILIM_PYTHON"]
      ?? URL(filePath: #filePath).appending(path: "../../../../.env/bin/python").standardizedFileURL.path
    return FileManager.default.isExecutableFile(atPath: path) ? path : nil
  }()

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

  /// Every pixel of every file that both read, against Pillow as it is installed for the tests.
  @Test(.enabled(if: corpus != nil && python != nil, "needs the corpus, and Pillow in .env"))
  func decodesEveryPixelAsPillow() throws {
    struct Entry: Decodable {
      let name: String
      let width: Int
      let height: Int
    }
    let (corpus, python) = try (#require(Self.corpus), #require(Self.python))
    let folder = try TemporaryFolder()
    let process = Process()
    process.executableURL = URL(filePath: python)
    process.arguments = [fixture("pillow_reading.py"), corpus, folder.url.path]
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)

    let entries = try JSONDecoder().decode(
      [Entry].self, from: Foundation.Data(contentsOf: URL(filePath: folder.path("list.json"))))
    var compared = 0
    for (number, entry) in entries.enumerated() {
      guard let image = try? Image(contentsOfFile: corpus + "/" + entry.name) else { continue }
      let pixels = try [UInt8](Foundation.Data(contentsOf: URL(filePath: folder.path("\(number)"))))
      let expected = Image(width: entry.width, height: entry.height, pixels: pixels)
      let apart = try #require(difference(image, expected), "\(entry.name) has another size")
      #expect(apart <= 2, "\(entry.name)")
      compared += 1
    }
    #expect(compared > 280)
  }

  /// Every file gives a picture or an error; a damaged file gives the part that can be decoded.
  @Test(.enabled(if: corpus != nil)) func neverCrashes() throws {
    let corpus = try #require(Self.corpus)
    let names = try #require(FileManager.default.enumerator(atPath: corpus)).compactMap { $0 as? String }
    var (decoded, damaged, refused) = (0, 0, 0)
    for name in names {
      do throws(ImageError) {
        let picture = try DecodedImage(contentsOfFile: corpus + "/" + name)
        if picture.damage == nil { decoded += 1 } else { damaged += 1 }
        #expect(picture.damage != nil || !name.contains("/corrupt/"), "\(name)")
        #expect(!name.contains("/iphone/"), "\(name)")
      } catch {
        refused += 1
      }
    }
    #expect(decoded > 300 && damaged > 20 && refused > 30, "\(decoded) \(damaged) \(refused)")
  }

  @Test(.enabled(if: corpus != nil)) func namesApplesForm() throws {
    let corpus = try #require(Self.corpus)
    let error = #expect(throws: ImageError.self) {
      try Image(contentsOfFile: corpus + "/pngsuite/iphone/iphone_tbyn3p08.png")
    }
    #expect(error?.found.contains("CgBI") == true)
  }
}
