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
    let source = try Image(contentsOfFile: fixture("resize-source.png"))
    let expected = try [UInt8](Foundation.Data(contentsOf: URL(filePath: fixture("resized.bin"))))
    var start = 0
    for example in try readFixture("resized.json", as: [Case].self) {
      let count = example.height * example.width * 3
      let picture = Image(
        width: example.width, height: example.height, pixels: Array(expected[start..<start + count]))
      let resized = source.resized(
        to: ImageSize(height: example.height, width: example.width), example.resize, framing: example.framing,
        background: RGBColour(red: 10, green: 200, blue: 30))
      let apart = try #require(difference(resized, picture))
      #expect(apart <= 1, "\(example)")
      start += count
    }
    #expect(start == expected.count)
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
