import Data
import Foundation
import Testing

@Suite struct ResizeTests {
  /// A picture that OpenCV or Pillow resized; the pixels of all stand one after the other in `resized.bin`.
  struct Case: Decodable {
    let resize: Resize
    let framing: Framing
    let height: Int
    let width: Int
  }

  /// Pillow rounds between its passes as we do, with weights in fixed point; OpenCV computes in fixed point where we have
  /// one rounding at the end: apart by less than 2.
  @Test func agreesWithOpenCVAndPillow() throws {
    for (example, apart) in try Self.differences() { #expect(apart <= 1, "\(example)") }
  }

  /// The same on a processor without vector instructions beyond the oldest ones.
  @Test func agreesOnEveryProcessor() async {
    await #expect(processExitsWith: .success) {
      setenv("KILIM_KERNELS", "portable", 1)
      let worst = try Self.differences().map(\.apart).max()
      exit(worst == 1 ? 0 : 1)
    }
  }

  private static func differences() throws -> [(example: Case, apart: Int)] {
    let source = try Image(contentsOfFile: fixture("resize-source.png"))
    let expected = try [UInt8](Foundation.Data(contentsOf: URL(filePath: fixture("resized.bin"))))
    var start = 0
    var differences: [(Case, Int)] = []
    for example in try readFixture("resized.json", as: [Case].self) {
      let count = example.height * example.width * 3
      let picture = Image(
        width: example.width, height: example.height, pixels: Array(expected[start..<start + count]))
      let resized = source.resized(
        to: ImageSize(height: example.height, width: example.width), example.resize, framing: example.framing,
        background: RGBColour(red: 10, green: 200, blue: 30))
      differences.append((example, try #require(difference(resized, picture))))
      start += count
    }
    #expect(start == expected.count)
    return differences
  }

  @Test(arguments: Resize.allCases)
  func keepsWhatHasTheSizeAlready(resize: Resize) throws {
    let source = try Image(contentsOfFile: fixture("resize-source.png"))
    #expect(source.resized(to: ImageSize(height: 47, width: 61), resize) == source)
  }

  @Test(arguments: Resize.allCases, Framing.allCases)
  func keepsOneColour(resize: Resize, framing: Framing) {
    let gray = Image(width: 301, height: 7, pixels: [UInt8](repeating: 201, count: 301 * 7 * 3))
    for size in [97, 1, 400] {
      let resized = gray.resized(
        to: ImageSize(square: size), resize, framing: framing, background: RGBColour(red: 201, green: 201, blue: 201))
      #expect(resized.width == size && resized.height == size && resized.pixels.allSatisfy { $0 == 201 })
    }
  }

  @Test func hasANameInFiles() throws {
    let json = try JSONEncoder().encode(Resize.allCases)
    #expect(try JSONDecoder().decode([Resize].self, from: json) == Resize.allCases)
    let earlier = Foundation.Data(#"["bilinear", "bilinearAntialiased"]"#.utf8)
    #expect(try JSONDecoder().decode([Resize].self, from: earlier) == [.bilinear, .bilinearAntialiased])
    #expect(Resize(rawValue: "sharp") == nil && Resize(rawValue: "Antialiased") == nil)
  }
}
