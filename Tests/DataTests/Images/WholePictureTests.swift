import Data
import Foundation
import Testing

/// What is missing or added behind the last pixel does no harm, in any format; missing pixels do.
@Suite struct WholePictureTests {
  private func bytes(_ name: String) throws -> [UInt8] {
    try [UInt8](Foundation.Data(contentsOf: URL(filePath: fixture(name))))
  }

  /// What cameras, phones and servers append: text, half a JPEG, markers with wrong lengths, a video, zeros.
  private static let trailers: [[UInt8]] = [
    [], Array("SEFT maker's notes".utf8), [0xFF, 0xD8, 0xFF, 0xE0, 0, 16], [0xFF, 0xC0, 0, 1, 7, 7],
    [0xFF, 0xC4, 0xFF, 0xFF, 1, 2, 3], [7, 7, 0xFF, 0xDA, 0, 2] + [UInt8](repeating: 0x12, count: 50),
    Array("\0\0\0\u{18}ftypmp42".utf8), [UInt8](repeating: 0, count: 5000), [0xFF],
  ]

  private static let jpegs = [
    "baseline.jpg", "full-chroma.jpg", "half-chroma.jpg", "gray.jpg", "cmyk.jpg", "restarts.jpg", "progressive.jpg",
  ]

  @Test(arguments: jpegs)
  func endMarkerOfAJPEGIsNotNeeded(name: String) throws {
    let whole = try bytes(name)
    let picture = try Image(decoding: whole)
    for trailer in Self.trailers {
      for file in [whole + trailer, whole.dropLast(2) + trailer] {
        let decoded = try DecodedImage(decoding: file)
        #expect(decoded.damage == nil && decoded.image == picture, "\(trailer.prefix(8))")
        for resize in [Resize.bilinear, .bilinearAntialiased] {
          let preprocessing = Preprocessing(imageSize: 5, resize: resize)
          let found = try preprocessing.planes(decoding: file)
          #expect(try found.damage == nil && found.planes == preprocessing.planes(decoding: whole).planes)
        }
      }
    }
  }

  /// Pixels that are missing are found, whatever the trailer looks like.
  @Test(arguments: jpegs)
  func missingPixelsOfAJPEGAreDamage(name: String) throws {
    let whole = try bytes(name)
    for trailer in [[], Array("SEFT maker's notes".utf8), [0xFF, 0xD8, 0xFF, 0xE0, 0, 16], [0xFF, 0xD9]] {
      let cut = whole.dropLast(60) + trailer
      #expect(try DecodedImage(decoding: Array(cut)).damage != nil, "\(trailer.prefix(8))")
    }
  }

  /// A progressive file that ends between two scans shows every pixel, with less detail than its encoder meant.
  @Test func missingScansOfAProgressiveJPEGAreDamage() throws {
    let whole = try bytes("progressive.jpg")
    let scans = whole.indices.dropLast().filter { whole[$0] == 0xFF && whole[$0 + 1] == 0xDA }
    try #require(scans.count > 3)
    for (previous, scan) in zip(scans, scans.dropFirst()) {
      // The tables of a scan stand before it.
      let table = whole[previous..<scan].indices.dropLast().last { whole[$0] == 0xFF && whole[$0 + 1] == 0xC4 }
      let cut = Array(whole[..<(table ?? scan)])
      #expect(try DecodedImage(decoding: cut).damage != nil)
      #expect(try DecodedImage(decoding: cut + [0xFF, 0xC0, 0, 1]).damage != nil)
    }
  }

  @Test(arguments: [
    "rgba.png", "palette.png", "gray-16.png", "rgb-16.png", "gray-alpha.png", "palette-transparent.png",
  ])
  func endOfAPNGIsNotNeeded(name: String) throws {
    let whole = try bytes(name)
    let picture = try Image(decoding: whole)
    // The end chunk has 12 bytes; before it is the checksum of the last chunk of pixels, of 4 bytes.
    for count in 0...16 { #expect(try Image(decoding: Array(whole.dropLast(count))) == picture, "\(count)") }
    #expect(try Image(decoding: whole + Array("junk".utf8)) == picture)
    #expect(throws: ImageError.self) { try Image(decoding: Array(whole.dropLast(21))) }
  }

  /// A wrong checksum of pixels is damage; one of a chunk beside the pixels is not.
  @Test func checksumsOfAPNG() throws {
    let whole = try bytes("palette-transparent.png")
    func place(of kind: String) throws -> Int {
      try #require(whole.indices.first { whole[$0...].starts(with: kind.utf8) })
    }
    let ancillary =
      Array(whole[..<33]) + [0, 0, 0, 4] + Array("gAMA".utf8) + [0, 0, 0xB1, 0x8F, 0, 0, 0, 0] + whole[33...]
    #expect(try Image(decoding: ancillary) == Image(decoding: whole))
    var adler = whole
    adler[try place(of: "IEND") - 9] ^= 1
    #expect(throws: ImageError.self) { try Image(decoding: adler) }
    // Without its transparency a picture would be another one.
    var transparency = whole
    transparency[try place(of: "tRNS") + 4] ^= 1
    #expect(throws: ImageError.self) { try Image(decoding: transparency) }
  }

  @Test(arguments: ["still.gif", "interlaced.gif", "animated.gif"])
  func endOfAGIFIsNotNeeded(name: String) throws {
    let whole = try bytes(name)
    let picture = try Image(decoding: whole)
    #expect(try Image(decoding: whole + Array("xx".utf8)) == picture)
    #expect(try Image(decoding: Array(whole.dropLast())) == picture)
    // The zero that ends the pixels.
    if name != "animated.gif" { #expect(try Image(decoding: Array(whole.dropLast(2))) == picture) }
    if name == "still.gif" { #expect(try DecodedImage(decoding: Array(whole.dropLast(40))).damage != nil) }
  }

  @Test(arguments: ["lossy.webp", "lossless.webp", "opacity.webp", "animated.webp"])
  func dataBehindAWebPDoNoHarm(name: String) throws {
    let whole = try bytes(name)
    let picture = try Image(decoding: whole)
    #expect(try Image(decoding: whole + Array("1234567".utf8)) == picture)
  }
}
