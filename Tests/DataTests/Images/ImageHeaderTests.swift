import Data
import Testing

@Suite struct ImageHeaderTests {
  @Test func saysWhatAFileHolds() throws {
    let expected: [(String, ImageFormat, ImageHeader.ColourModel, bits: Int)] = [
      ("baseline.jpg", .jpeg, .rgb, 8), ("progressive.jpg", .jpeg, .rgb, 8), ("gray.jpg", .jpeg, .gray, 8),
      ("cmyk.jpg", .jpeg, .cmyk, 8), ("rgba.png", .png, .rgba, 8), ("gray-alpha.png", .png, .grayAlpha, 8),
      ("palette.png", .png, .palette, 4), ("lossy.webp", .webp, .rgb, 8), ("lossless.webp", .webp, .rgb, 8),
      ("opacity.webp", .webp, .rgba, 8), ("opacity-lossless.webp", .webp, .rgba, 8), ("still.gif", .gif, .palette, 4),
    ]
    for (name, format, colours, bits) in expected {
      let header = try ImageHeader(contentsOfFile: fixture(name))
      #expect(header.format == format && header.colours == colours && header.bitDepth == bits, "\(name): \(header)")
      #expect(header.width == 61 && header.height == 47 && header.orientation == .upright, "\(name): \(header)")
    }
    let deep = try ImageHeader(contentsOfFile: fixture("rgba-16.png"))
    #expect(deep.bitDepth == 16 && deep.width == 9 && deep.height == 7)
  }

  /// Height and width are those of the picture as it is shown.
  @Test func turnsTheSides() throws {
    for name in ["oriented-8.jpg", "oriented-8.webp"] {
      let header = try ImageHeader(contentsOfFile: fixture(name))
      #expect(header.width == 47 && header.height == 61 && header.orientation == .threeQuarterTurn)
    }
    for number in 1...8 {
      let header = try ImageHeader(contentsOfFile: fixture("oriented-\(number).png"))
      #expect(header.orientation.rawValue == number && header.width == (number >= 5 ? 2 : 3))
    }
  }

  @Test func refusesWhatHasNone() {
    let contents: [[UInt8]] = [
      [], Array("<html>".utf8), [0xff, 0xd8], [0xff, 0xd8, 0xff, 0xda], [0x89, 0x50, 0x4e, 0x47], Array("GIF89a".utf8),
      Array("RIFF\0\0\0\0WEBP".utf8),
    ]
    for bytes in contents {
      #expect(throws: ImageError.self) { try ImageHeader(decoding: bytes, path: "photo") }
    }
  }
}
