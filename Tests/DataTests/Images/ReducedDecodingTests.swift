import Data
import Foundation
import Testing

/// JPEGs that are decoded at 1/2, 1/4 or 1/8: most of them to planes of luma and colour differences.
@Suite struct ReducedDecodingTests {
  private struct Distance {
    let mean: Double
    let largest: Int

    init(_ a: [UInt8], _ b: [UInt8]) {
      let apart = zip(a, b).map { abs(Int($0) - Int($1)) }
      mean = Double(apart.reduce(0, +)) / Double(apart.count)
      largest = apart.max() ?? 0
    }
  }

  /// Soft colours, far from black and white.
  private func picture(width: Int, height: Int) -> Image {
    let pixels = (0..<height).flatMap { y in
      (0..<width).flatMap { x in
        (0..<3).map { channel in
          let (along, across) = (Double(x) / Double(width), Double(y) / Double(height))
          return UInt8(128 + 60 * sin(5 * along + Double(channel)) * cos(4 * across - Double(channel)))
        }
      }
    }
    return Image(width: width, height: height, pixels: pixels)
  }

  private func planes(
    _ bytes: [UInt8], size: ImageSize, _ framing: Framing = .stretch, exact: Bool
  ) throws -> [UInt8] {
    try Preprocessing(imageSize: size, framing: framing, exact: exact).planes(decoding: bytes).planes.scalars
  }

  /// Sides that end within a block, and the parts of a picture that the framings take.
  @Test(arguments: [(97, 203), (400, 533), (129, 128), (31, 257), (16, 16), (640, 90)], Framing.allCases)
  func differsLittleFromTheWholePicture(sides: (width: Int, height: Int), framing: Framing) throws {
    let jpeg = try picture(width: sides.width, height: sides.height).jpeg(quality: 95)
    for size in [ImageSize(square: 8), ImageSize(height: 9, width: 17), ImageSize(height: 33, width: 5)] {
      let distance = try Distance(
        planes(jpeg, size: size, framing, exact: false), planes(jpeg, size: size, framing, exact: true))
      #expect(distance.mean < 1 && distance.largest <= 8, "\(size): \(distance)")
    }
  }

  /// Colour differences at a half, half along one axis, or in full; none; four channels.
  @Test(arguments: ["baseline", "progressive", "full-chroma", "half-chroma", "restarts", "gray", "cmyk"])
  func readsEverySampling(name: String) throws {
    let bytes = try [UInt8](Foundation.Data(contentsOf: URL(filePath: fixture(name + ".jpg"))))
    for size in 1...8 {
      let side = ImageSize(square: size)
      let distance = try Distance(planes(bytes, size: side, exact: false), planes(bytes, size: side, exact: true))
      #expect(distance.mean < 8 && distance.largest <= 40, "\(size): \(distance)")
    }
  }

  /// What a file that is cut off holds no longer is gray; what it holds is as it was.
  @Test func missingPartsAreGray() throws {
    let size = ImageSize(square: 32)
    let whole = try picture(width: 300, height: 400).jpeg(quality: 95)
    let cut = Array(whole.prefix(whole.count / 2))
    let (half, damage) = try Preprocessing(imageSize: size).planes(decoding: cut)
    #expect(damage?.found.hasPrefix("a damaged JPEG: ") == true)
    let complete = try planes(whole, size: size, exact: false)
    for channel in 0..<3 {
      let plane = half.scalars[channel * 1024..<(channel + 1) * 1024]
      #expect(plane.prefix(8 * 32).elementsEqual(complete[channel * 1024..<channel * 1024 + 8 * 32]))
      #expect(Set(plane.suffix(32)).count == 1)
    }
  }
}
