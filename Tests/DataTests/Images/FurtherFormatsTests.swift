import Data
import Foundation
import TestSupport
import Testing

/// BMP, TIFF, AVIF, HEIC and JPEG XL, against Pillow. `Fixtures/make_format_fixtures.py` and `make_later_format_fixtures.py` make
/// the files.
@Suite(
  .enabled(
    if: hasLibrary("libtiff.so.6") && hasLibrary("libheif.so.1")
      && (7...11).contains { hasLibrary("libjxl.so.0.\($0)") },
    "libtiff, libheif or libjxl is missing; `make test` installs them"))
struct FurtherFormatsTests {
  private static let others: Set<String> = ["float.tif", "lab.tif", "refused-palette.tif"]
  private static let files = ["bmp", "tif", "avif", "heic", "jxl"].flatMap { kind in
    Bundle.module.urls(forResourcesWithExtension: kind, subdirectory: "Fixtures/formats") ?? []
  }.compactMap(\.lastPathComponent).filter { !$0.hasPrefix("profile-") && !others.contains($0) }.sorted()

  private func bytes(_ name: String) throws -> [UInt8] {
    try [UInt8](Foundation.Data(contentsOf: URL(filePath: fixture("formats/" + name))))
  }

  /// What the difference to Pillow may be. Lossless colours are equal. One rounding each: 16 bits, opacity, inks, masks of 5 and
  /// 6 bits. Two, where luma and chroma become RGB: of the colour differences, and of the sum. Chroma at half resolution is
  /// repeated here, and interpolated there; a colour of these pictures changes by up to 9 from one pixel to the next, of which
  /// half a pixel is at most 5.
  private func tolerance(_ name: String) -> Int {
    if name.hasPrefix("half-chroma") { return 5 + 2 }
    let isExact = !["alpha", "rgb5", "opacity", "rgba", "masks", "cmyk", "deep"].contains { name.hasPrefix($0) }
    if name.hasSuffix("bmp") || name.hasSuffix("tif") && name != "jpeg.tif" || name == "lossless.jxl" {
      return isExact ? 0 : 1
    }
    return 2
  }

  @Test func decodesAsPillow() throws {
    let expected = try readFixture("formats.json", as: [String: DecodedSamples].self)
    #expect(expected.count > 40 && expected.keys.sorted() == Self.files)
    for name in Self.files {
      let image = try Image(contentsOfFile: fixture("formats/" + name))
      let difference = try #require(expected[name]?.difference(to: image), "\(name) has another size")
      #expect(difference <= tolerance(name), "\(name)")
    }
  }

  @Test func headersAgreeWithPictures() throws {
    let models: [String: (ImageFormat, ImageHeader.ColourModel, bits: Int, Orientation)] = [
      "rgb.bmp": (.bmp, .rgb, 8, .upright), "nibbles.bmp": (.bmp, .palette, 4, .upright),
      "masks.bmp": (.bmp, .rgba, 8, .upright), "plain.tif": (.tiff, .rgb, 8, .upright),
      "cmyk.tif": (.tiff, .cmyk, 8, .upright), "deep-gray.tif": (.tiff, .gray, 16, .upright),
      "rgba.tif": (.tiff, .rgba, 8, .upright), "turned.tif": (.tiff, .rgb, 8, .quarterTurn),
      "alpha-gray.tif": (.tiff, .grayAlpha, 8, .upright), "alpha-gray-deep.tif": (.tiff, .grayAlpha, 16, .upright),
      "alpha-palette.tif": (.tiff, .palette, 8, .upright), "alpha-inks.tif": (.tiff, .cmyk, 8, .upright),
      "lossy.avif": (.avif, .rgb, 8, .upright), "opacity.heic": (.heic, .rgba, 8, .upright),
      "gray.jxl": (.jpegXL, .gray, 8, .upright), "opacity.jxl": (.jpegXL, .rgba, 8, .upright),
    ]
    for name in Self.files {
      let header = try ImageHeader(contentsOfFile: fixture("formats/" + name))
      let image = try Image(contentsOfFile: fixture("formats/" + name))
      #expect(header.width == image.width && header.height == image.height, "\(name)")
      guard let (format, colours, bits, orientation) = models[name] else { continue }
      #expect(header.format == format && header.colours == colours, "\(name): \(header)")
      #expect(header.bitDepth == bits && header.orientation == orientation, "\(name): \(header)")
    }
  }

  /// A file that is cut off anywhere gives an error or a damaged picture, and a whole picture only if all pixels are there.
  @Test func cutFilesAreDamagedOrRefused() throws {
    for name in Self.files {
      let whole = try bytes(name)
      let picture = try Image(decoding: whole)
      for length in stride(from: 1, to: whole.count, by: max(whole.count / 40, 1)) {
        guard let decoded = try? DecodedImage(decoding: Array(whole.prefix(length)), path: name) else { continue }
        #expect(decoded.damage != nil || decoded.image == picture, "\(name) \(length)")
        _ = try? ImageHeader(decoding: Array(whole.prefix(length)))
      }
    }
  }

  @Test func limitsAreCheckedBeforeDecoding() throws {
    let limits = ImageLimits(pixels: 34 * 21 - 1, bytes: 1 << 20)
    for name in Self.files {
      let error = #expect(throws: ImageError.self) { try Image(decoding: bytes(name), limits: limits) }
      #expect(error?.expected.hasPrefix("at most 713 pixels") == true, "\(name): \(error?.description ?? "")")
    }
  }

  /// An AV1 picture: profile 1, one still picture, level 0; 16 bits for each side, 65,536 x 65,536.
  private func hugeAVIF() throws -> [UInt8] {
    var avif = try bytes("lossy.avif")
    let sequence = try #require(avif.indices.first { avif[$0...].starts(with: [0x12, 0x00, 0x0A, 9]) })
    avif.replaceSubrange(sequence + 4..<sequence + 13, with: [0x38, 0x3F] + [UInt8](repeating: 0xFF, count: 7))
    return avif
  }

  /// The box of the size says one thing, and the coded picture another: a decoder takes memory for the latter.
  @Test func codedPicturesAreHeldToTheLimits() throws {
    // A HEVC picture, behind the profile and level: set 0, chroma 3 in one plane, 131,070 x 131,070.
    var heic = try bytes("lossy.heic")
    let set = try #require(heic.indices.first { heic[$0...].starts(with: [0x42, 0x01, 0x01, 0x04]) })
    heic.replaceSubrange(set + 17..<set + 27, with: [0x90, 0, 1, 0xFF, 0xFF, 0, 0, 0xFF, 0xFF, 0x80])
    for (bytes, side) in [(try hugeAVIF(), 65_536 - 64), (heic, 131_070 - 64)] {
      let error = #expect(throws: ImageError.self) { try Image(decoding: bytes) }
      #expect(error?.found == "an image of \(side) x \(side) pixels")
    }
  }

  /// Versions of libheif skip what they do not expect in the list of places, and lose memory with a picture without data.
  @Test(
    arguments: [
      ([0: [1], 5: [0x04]], "places in numbers of unusual lengths"),  // indices in version 1
      ([0: [2], 5: [0x01]], "places in numbers of unusual lengths"),
      ([4: [0x22]], "places in numbers of unusual lengths"),
      ([4: [0x00], 12: [0xFF, 0xFF]], "many parts in one place"),
      ([6: [0, 2]], "a damaged list of places"),  // two items where one is
      ([0: [2], 6: [0xFF, 0xFF, 0xFF, 0xFF]], "a damaged list of places"),  // four thousand million
      ([18: [0, 0, 0, 0]], "a picture without data"),
      ([0: [1], 4: [0x04], 10: [0, 1, 0, 0, 0, 1, 0, 0, 0, 9]], "data outside of their box"),  // there is no box `idat`
    ] as [([Int: [UInt8]], String)]) func placesAreReadInOneWay(changes: [Int: [UInt8]], found: String) throws
  {
    var avif = try bytes("lossy.avif")
    let list = try placesOfData(in: avif)
    for (offset, bytes) in changes { avif.replaceSubrange(list + offset..<list + offset + bytes.count, with: bytes) }
    let error = #expect(throws: ImageError.self) { try Image(decoding: avif) }
    #expect(error?.found.hasSuffix(found) == true, "\(error?.description ?? "")")
  }

  private func placesOfData(in bytes: [UInt8]) throws -> Int {
    try #require(bytes.indices.first { bytes[$0...].starts(with: Array("iloc".utf8)) }) + 4
  }

  /// Of several descriptions, some versions of libheif take the first and others the last.
  @Test func everyDescriptionIsHeldToTheLimits() throws {
    let (small, huge) = (try bytes("lossy.avif"), try hugeAVIF())
    var second = huge
    let place = try placesOfData(in: huge) + 16
    let moved = Int(second[place]) << 8 + Int(second[place + 1]) + small.count
    second.replaceSubrange(place..<place + 2, with: [UInt8(moved >> 8), UInt8(moved & 0xFF)])
    for both in [small + second, huge + small] {
      let error = #expect(throws: ImageError.self) { try Image(decoding: both) }
      #expect(error?.found == "an image of \(65_536 - 64) x \(65_536 - 64) pixels")
    }
  }

  @Test func refusesByName() throws {
    let error = #expect(throws: ImageError.self) { try Image(contentsOfFile: fixture("formats/float.tif")) }
    #expect(error?.found == "a TIFF with samples of 32 bits in floating point")
    #expect(error?.expected.contains("does not say which of its values is white") == true)
    let palette = #expect(throws: ImageError.self) { try Image(contentsOfFile: fixture("formats/refused-palette.tif")) }
    #expect(palette?.found == "a TIFF with a palette multiplied by the opacity")
    // ICC Lab, whose numbers have no signs.
    var lab = try bytes("lab.tif")
    let colours = try #require(lab.indices.first { lab[$0...].starts(with: [6, 1, 3, 0, 1, 0, 0, 0, 8, 0]) })
    lab[colours + 8] = 9
    let unsigned = #expect(throws: ImageError.self) { try Image(decoding: lab) }
    #expect(unsigned?.found == "a TIFF in Lab or LogLuv colours")
    var jpeg = try bytes("rgb.bmp")
    jpeg[30] = 4
    let inside = #expect(throws: ImageError.self) { try Image(decoding: jpeg) }
    #expect(inside?.found == "a BMP with a JPEG in it")
  }

  @Test func saysWhichLibraryIsMissing() {
    let error = #expect(throws: ImageRefusal.self) {
      try LoadedLibrary(["libkilim-nothing.so.1"], for: "a TIFF image", package: "libtiff6")
    }
    #expect(
      error?.error(path: "map.tif").description
        == "map.tif: found a TIFF image, expected the library that reads it (libkilim-nothing.so.1: cannot open shared object "
        + "file: No such file or directory). On Debian and Ubuntu: apt-get install libtiff6")
  }
}

@Suite struct BMPTests {
  private func bytes(_ name: String) throws -> [UInt8] {
    try [UInt8](Foundation.Data(contentsOf: URL(filePath: fixture("formats/" + name))))
  }

  /// The rows of a BMP begin at the bottom; what is missing is background.
  @Test func keepsTheLowerPartOfAFileThatIsCutOff() throws {
    let whole = try bytes("rgb.bmp")
    let picture = try Image(decoding: whole)
    let cut = try DecodedImage(decoding: Array(whole.dropLast(5 * 104 + 3)), path: "cut.bmp", background: .black)
    #expect(
      cut.damage?.description == "cut.bmp: found a damaged BMP: premature end of file, expected a BMP with all its data"
    )
    #expect(cut.image.pixels.suffix(15 * 3 * 34) == picture.pixels.suffix(15 * 3 * 34))
    #expect(cut.image.pixels.prefix(6 * 3 * 34).allSatisfy { $0 == 0 })
  }

  /// Runs may jump, and may be longer than a row or the picture.
  @Test func runsStayInThePicture() throws {
    var runs = Array(try bytes("runs8.bmp").prefix(54 + 13 * 4))
    let palette = (0..<13).map { Array(runs[54 + 4 * $0..<57 + 4 * $0].reversed()) }
    runs += [255, 3, 0, 0] + [0, 2, 4, 2] + [1, 5] + [0, 2, 255, 255] + [9, 9]
    let image = try Image(decoding: runs)
    let last = 3 * 34 * 20
    #expect(Array(image.pixels[last..<last + 3]) == palette[3] && Array(image.pixels.suffix(3)) == palette[3])
    let jumped = 3 * (34 * (20 - 3) + 4)
    #expect(Array(image.pixels[jumped..<jumped + 3]) == palette[5])
    #expect(Array(image.pixels[jumped - 3..<jumped]) == [255, 255, 255])
  }

  @Test func bombsCostNothing() throws {
    var bomb = try bytes("rgb.bmp")
    bomb.replaceSubrange(18..<26, with: [0xff, 0xff, 0xff, 0x7f, 0xff, 0xff, 0xff, 0x7f])
    let error = #expect(throws: ImageError.self) { try Image(decoding: bomb) }
    #expect(error?.found == "an image of 2147483647 x 2147483647 pixels")
  }

  @Test func textIsNoBMP() {
    let error = #expect(throws: ImageError.self) { try Image(decoding: Array("BMI and height of all".utf8)) }
    #expect(error?.found == "text")
  }
}
