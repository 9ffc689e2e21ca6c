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
    let width = [1: 1, 6: 1, 3: 2, 8: 2][type] ?? 4
    return mark + number(42, 2) + number(8, 4) + number(1, 2) + number(UInt32(tag), 2) + number(UInt32(type), 2)
      + number(1, 4) + number(value, width) + [UInt8](repeating: 0, count: 4 - width) + number(0, 4)
  }

  private func jpeg(with exif: [UInt8]) throws -> [UInt8] {
    let bytes = try [UInt8](Foundation.Data(contentsOf: URL(filePath: fixture("baseline.jpg"))))
    let content = Array("Exif\0\0".utf8) + exif
    let length = content.count + 2
    return bytes.prefix(2) + [0xff, 0xe1, UInt8(length >> 8), UInt8(length & 0xff)] + content + bytes.dropFirst(2)
  }

  private func png(with blocks: [[UInt8]], atEnd: Bool = false) throws -> [UInt8] {
    let bytes = try [UInt8](Foundation.Data(contentsOf: URL(filePath: fixture("rgba.png"))))
    let chunks = blocks.flatMap { block -> [UInt8] in
      [0, 0, UInt8(block.count >> 8), UInt8(block.count & 0xff)] + Array("eXIf".utf8) + block + [0, 0, 0, 0]
    }
    return atEnd ? bytes + chunks : bytes.prefix(33) + chunks + bytes.dropFirst(33)
  }

  /// The integer types of TIFF: BYTE, SHORT, LONG, SBYTE, SSHORT, SLONG, IFD.
  @Test(arguments: Orientation.allCases, [false, true])
  func isReadInEveryIntegerType(orientation: Orientation, bigEndian: Bool) throws {
    for type: UInt16 in [1, 3, 4, 6, 8, 9, 13] {
      let block = exif(bigEndian: bigEndian, type: type, value: UInt32(orientation.rawValue))
      let header = try ImageHeader(decoding: jpeg(with: block))
      #expect(header.orientation == orientation, "\(type)")
      #expect(header.width == (orientation.swapsSides ? 47 : 61))
      for prefix in [[], Array("Exif\0\0".utf8)] {
        #expect(try ImageHeader(decoding: png(with: [prefix + block])).orientation == orientation, "\(type)")
      }
    }
  }

  /// As Pillow reads them, where a file holds more than one block, entry or value.
  @Test func severalOfAKind() throws {
    let (six, three) = (exif(bigEndian: false, value: 6), exif(bigEndian: false, value: 3))
    func inserted(_ blocks: [[UInt8]]) throws -> Orientation {
      let file = try blocks.reversed().reduce(Array(jpeg(with: []).dropFirst(12))) { rest, block in
        try jpeg(with: block).dropFirst(2).prefix(block.count + 10) + rest
      }
      return try ImageHeader(decoding: [0xff, 0xd8] + file).orientation
    }
    // A JPEG's blocks are parts of one: the first that begins is read, and may continue in the next segment.
    #expect(try inserted([six, three]) == .quarterTurn)
    #expect(try inserted([[], six]) == .quarterTurn)
    #expect(try inserted([Array(six[..<12]), Array(six[12...])]) == .quarterTurn)
    #expect(try inserted([Array("garbage!".utf8), six]) == .upright)
    // Of a PNG the last is read, and none behind its end.
    #expect(try ImageHeader(decoding: png(with: [six, three])).orientation == .upsideDown)
    #expect(try ImageHeader(decoding: png(with: [Array("garbage!".utf8), six])).orientation == .quarterTurn)
    #expect(try ImageHeader(decoding: png(with: [six], atEnd: true)).orientation == .upright)
    // Of two entries the last counts, of several values the first; of a count of none there is no value.
    var two = six.prefix(8) + [2, 0] + six[10..<22] + three[10..<22]
    two += [0, 0, 0, 0]
    #expect(try ImageHeader(decoding: jpeg(with: Array(two))).orientation == .upsideDown)
    var values = six
    values[14] = 3
    values[18] = 26
    #expect(try ImageHeader(decoding: jpeg(with: values + [6, 0, 3, 0, 3, 0])).orientation == .quarterTurn)
    values = six
    values[14] = 0
    #expect(try ImageHeader(decoding: jpeg(with: values)).orientation == .upright)
    // Some writers swap the bytes of the number 42.
    var swapped = six
    swapped.swapAt(2, 3)
    #expect(try ImageHeader(decoding: jpeg(with: swapped)).orientation == .quarterTurn)
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
