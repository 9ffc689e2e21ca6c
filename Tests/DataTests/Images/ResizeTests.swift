import Data
import Testing

@Suite struct ResizeTests {
  static let sizes = [(16, 20), (47, 20), (64, 64), (94, 122), (23, 90), (1, 1), (46, 60), (5, 61)]

  /// One rounding here against fixed point in OpenCV and a rounded intermediate in Pillow: apart by less than 2.
  @Test(arguments: Resize.allCases, sizes)
  func agreesWithItsReference(resize: Resize, size: (height: Int, width: Int)) throws {
    let source = try Image(contentsOfFile: fixture("resize-source.png"))
    let expected = try Image(contentsOfFile: fixture("resize-\(resize.rawValue)-\(size.height)x\(size.width).png"))
    let resized = source.resized(to: ImageSize(height: size.height, width: size.width), resize)
    let apart = try #require(difference(resized, expected))
    #expect(apart <= 1)
  }

  @Test(arguments: Resize.allCases)
  func keepsWhatHasTheSizeAlready(resize: Resize) throws {
    let source = try Image(contentsOfFile: fixture("resize-source.png"))
    #expect(source.resized(to: ImageSize(height: 47, width: 61), resize) == source)
  }

  @Test(arguments: Resize.allCases)
  func keepsOneColour(resize: Resize) {
    let white = Image(width: 301, height: 7, pixels: [UInt8](repeating: 255, count: 301 * 7 * 3))
    #expect(white.resized(to: 97, resize).pixels.allSatisfy { $0 == 255 })
  }
}
