import Data
import Foundation
import TestSupport
import Testing

@Suite struct ImageTests {
  /// Both sides round once where the conversion is ours (CMYK, opacity), and libjpeg-turbo is exact between versions
  /// but for the rounding of smoothed chroma.
  @Test func decodesAsPillow() throws {
    for (name, expected) in try readFixture("decoded.json", as: [String: DecodedSamples].self) {
      let image = try Image(contentsOfFile: fixture(name))
      let difference = try #require(expected.difference(to: image), "\(name) has another size")
      #expect(difference <= 1, "\(name)")
    }
  }

  @Test func goesByContentAndNotByName() throws {
    let folder = try TemporaryFolder()
    for (original, name) in [
      ("gray.jpg", "gray.png"), ("palette.png", "palette.jpg"), ("rgba.png", "no extension"),
      ("lossy.webp", "photo.jpg"), ("still.gif", "photo.png"),
    ] {
      try FileManager.default.copyItem(atPath: fixture(original), toPath: folder.path(name))
      #expect(try Image(contentsOfFile: folder.path(name)) == Image(contentsOfFile: fixture(original)))
    }
  }

  @Test func namesWhatIsThereInstead() throws {
    let contents: [(bytes: [UInt8], found: String)] = [
      ([], "zero bytes"),
      (Array("<!DOCTYPE html><html>not found</html>".utf8), "HTML text"),
      (Array("just a note".utf8), "text"),
      (Array("BM\0\0\0\0".utf8), "an unusable BMP: the header makes no sense"),
      (Array("\0\0\0\u{c}jP  \r\n".utf8), "a JPEG 2000 image"),
      (Array("GIF89a".utf8), "an unusable GIF: no screen descriptor detected"),
      (Array("RIFF\0\0\0\0WEBPVP8 ".utf8), "an unusable WebP: the header makes no sense"),
      ([0, 1, 2, 3, 4], "unknown content that starts with 0x00 0x01 0x02 0x03"),
      ([0xff, 0xd8], "an unusable JPEG: JPEG datastream contains no image"),
      ([0x89, 0x50, 0x4e, 0x47], "an unusable PNG: premature end of file"),
    ]
    let folder = try TemporaryFolder()
    let path = folder.path("photo 猫.jpg")
    for (bytes, found) in contents {
      try Foundation.Data(bytes).write(to: URL(filePath: path))
      let error = #expect(throws: ImageError.self) { try Image(contentsOfFile: path) }
      #expect(
        error?.description
          == "\(path): found \(found), expected a JPEG, PNG, WebP, GIF, BMP, TIFF, AVIF, HEIC or JPEG XL image")
    }
  }

  @Test func refusesWhatIsNoFile() throws {
    let folder = try TemporaryFolder()
    #expect(mkfifo(folder.path("pipe"), 0o600) == 0)
    for (path, reason) in [
      (folder.path("missing"), "there is no such file"), (folder.url.path, "it is a folder"),
      (folder.path("pipe"), "it is not a regular file"),
    ] {
      let error = #expect(throws: ImageError.self) { try Image(contentsOfFile: path) }
      #expect(error?.found == "no readable file (\(reason))")
    }
  }

  @Test(arguments: ["baseline.jpg", "progressive.jpg", "gray.jpg", "cmyk.jpg"])
  func refusesTruncatedJPEG(name: String) throws {
    let bytes = try [UInt8](Foundation.Data(contentsOf: URL(filePath: fixture(name))))
    for count in [bytes.count / 2, bytes.count - 100, bytes.count - 8] {
      let error = #expect(throws: ImageError.self) { try Image(decoding: Array(bytes.prefix(count)), path: name) }
      #expect(error?.found.contains("JPEG: ") == true)
    }
  }

  @Test func saysThatDataIsMissing() throws {
    let bytes = try [UInt8](Foundation.Data(contentsOf: URL(filePath: fixture("baseline.jpg"))))
    let error = #expect(throws: ImageError.self) { try Image(decoding: Array(bytes.dropLast(200)), path: "half.jpg") }
    #expect(
      error?.description
        == "half.jpg: found a damaged JPEG: Premature end of JPEG file, expected a JPEG with all its data")
  }

  @Test(arguments: ["rgba.png", "palette.png", "rgb-16.png"])
  func refusesDamagedPNG(name: String) throws {
    let bytes = try [UInt8](Foundation.Data(contentsOf: URL(filePath: fixture(name))))
    #expect(throws: ImageError.self) { try Image(decoding: Array(bytes.prefix(bytes.count - 20))) }
    var wrong = bytes
    wrong[wrong.count - 30] ^= 0x10
    #expect(throws: ImageError.self) { try Image(decoding: wrong) }
  }

  /// The last 12 bytes are the end marker alone.
  @Test func acceptsPNGWithoutEndMarker() throws {
    let bytes = try [UInt8](Foundation.Data(contentsOf: URL(filePath: fixture("rgba.png"))))
    #expect(try Image(decoding: Array(bytes.dropLast(12))) == Image(decoding: bytes))
  }

  @Test func checksLimitsBeforeDecoding() throws {
    var jpeg = try [UInt8](Foundation.Data(contentsOf: URL(filePath: fixture("gray.jpg"))))
    let frame = try #require(jpeg.indices.first { jpeg[$0] == 0xff && jpeg[$0 + 1] == 0xc0 })
    jpeg.replaceSubrange(frame + 5..<frame + 9, with: [0xff, 0xdc, 0xff, 0xdc])
    let error = #expect(throws: ImageError.self) { try Image(decoding: jpeg) }
    #expect(error?.found == "an image of 65500 x 65500 pixels")
    #expect(error?.expected == "at most 100000000 pixels; larger ones need a larger `ImageLimits.pixels`")

    let narrow = ImageLimits(pixels: 61 * 47 - 1, bytes: 1 << 20)
    #expect(throws: ImageError.self) { try Image(contentsOfFile: fixture("rgba.png"), limits: narrow) }
    let short = ImageLimits(pixels: 61 * 47, bytes: 100)
    let tooLong = #expect(throws: ImageError.self) { try Image(contentsOfFile: fixture("rgba.png"), limits: short) }
    #expect(tooLong?.expected == "at most 100 bytes; larger ones need a larger `ImageLimits.bytes`")
  }

  @Test func stopsAtAWrongNumberOfBytes() async {
    await #expect(processExitsWith: .failure) { _ = Image(width: 2, height: 2, pixels: [0, 0, 0]) }
    await #expect(processExitsWith: .failure) { _ = Image(width: 0, height: 2, pixels: []) }
  }
}
