import Data
import Foundation
import Testing

@Suite struct OrientationTests {
  /// A TIFF directory with one entry, in one of the two orders of bytes.
  private func exif(bigEndian: Bool, tag: UInt16 = 0x0112, type: UInt16 = 3, value: UInt32) -> [UInt8] {
    func number(_ value: UInt32, _ count: Int) -> [UInt8] {
      let bytes = (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
      return bigEndian ? bytes.reversed() : bytes
    }
    let mark: [UInt8] = bigEndian ? [0x4d, 0x4d] : [0x49, 0x49]
    let width = type == 4 ? 4 : 2
    return mark + number(42, 2) + number(8, 4) + number(1, 2) + number(UInt32(tag), 2) + number(UInt32(type), 2)
      + number(1, 4) + number(value, width) + [UInt8](repeating: 0, count: 4 - width) + number(0, 4)
  }

  private func jpeg(with exif: [UInt8]) throws -> [UInt8] {
    let bytes = try [UInt8](Foundation.Data(contentsOf: URL(filePath: fixture("baseline.jpg"))))
    let content = Array("Exif\0\0".utf8) + exif
    let length = content.count + 2
    return bytes.prefix(2) + [0xff, 0xe1, UInt8(length >> 8), UInt8(length & 0xff)] + content + bytes.dropFirst(2)
  }

  @Test(arguments: Orientation.allCases, [false, true])
  func isReadInBothOrdersOfBytes(orientation: Orientation, bigEndian: Bool) throws {
    for type: UInt16 in [3, 4] {
      let block = exif(bigEndian: bigEndian, type: type, value: UInt32(orientation.rawValue))
      let header = try ImageHeader(decoding: jpeg(with: block))
      #expect(header.orientation == orientation)
      #expect(header.width == (orientation.swapsSides ? 47 : 61))
    }
  }

  /// What cannot be read, or makes no sense, leaves the picture as it is.
  @Test func nonsenseIsPassedOver() throws {
    let whole = exif(bigEndian: false, value: 6)
    var blocks = (0..<20).map { Array(whole.prefix($0)) }
    blocks += [0, 9, 65_535].map { exif(bigEndian: true, value: $0) }
    blocks += [exif(bigEndian: false, tag: 0x0113, value: 6), exif(bigEndian: false, type: 2, value: 6)]
    blocks.append([0x49, 0x49, 42, 0, 0xff, 0xff, 0xff, 0xff])
    blocks.append([0x49, 0x49, 42, 0, 8, 0, 0, 0, 0xff, 0xff])
    let upright = try Image(contentsOfFile: fixture("baseline.jpg"))
    for block in blocks {
      #expect(try Image(decoding: jpeg(with: block)) == upright, "\(block)")
    }
  }

  /// Pillow's answer to every orientation is among the decoded fixtures; here, both ways to an input agree.
  @Test(arguments: Orientation.allCases, Framing.allCases)
  func isTheSameBeforeAndAfterResizing(orientation: Orientation, framing: Framing) throws {
    let bytes = try jpeg(with: exif(bigEndian: true, value: UInt32(orientation.rawValue)))
    for resize in Resize.allCases {
      let preprocessing = Preprocessing(
        imageSize: ImageSize(height: 13, width: 20), resize: resize, framing: framing, scale: 1, exact: true)
      let fused = try preprocessing.planes(decoding: bytes).planes.scalars
      let apart = try zip(fused, preprocessing(Image(decoding: bytes)).scalars).map { abs(Float($0) - $1) }.max()
      #expect(try #require(apart) <= 1, "\(resize.rawValue)")
    }
  }
}
