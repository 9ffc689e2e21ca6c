import Data
import Foundation
import Testing

/// Files that are cut off or changed: refused by ``Image``, read as far as they go by ``DecodedImage``.
@Suite struct DamageTests {
  private func bytes(_ name: String) throws -> [UInt8] {
    try [UInt8](Foundation.Data(contentsOf: URL(filePath: fixture(name))))
  }

  @Test(arguments: [
    "baseline.jpg", "full-chroma.jpg", "gray.jpg", "cmyk.jpg", "restarts.jpg", "rgba.png", "palette.png", "rgb-16.png",
    "lossless.webp", "still.gif",
  ])
  func keepsTheUpperPartOfAFileThatIsCutOff(name: String) throws {
    let whole = try bytes(name)
    let picture = try Image(decoding: whole)
    for share in [0.6, 0.8, 0.97] {
      // Behind the pixels of a PNG are 20 bytes that they do not need.
      let cut = Array(whole.prefix(min(Int(Double(whole.count) * share), whole.count - 21)))
      #expect(throws: ImageError.self) { try Image(decoding: cut) }
      guard let decoded = try? DecodedImage(decoding: cut, path: "cut") else { continue }
      #expect(decoded.damage?.description.hasPrefix("cut: found a damaged ") == true, "\(name)")
      #expect(decoded.image.width == picture.width && decoded.image.height == picture.height)
      if share > 0.9 {
        #expect(decoded.image.pixels.prefix(3 * picture.width) == picture.pixels.prefix(3 * picture.width))
      }
    }
  }

  /// What a cut file lacks is background in a PNG, and both ways to an input agree on what is wrong.
  @Test func missingRowsAreBackground() throws {
    let red = RGBColour(red: 200, green: 0, blue: 0)
    var state: UInt32 = 1
    let noise = (0..<30_000).map { _ in
      state = state &* 1_664_525 &+ 1_013_904_223
      return UInt8(state >> 24)
    }
    // libpng reads some kilobytes at a time, so the file must be larger than that.
    let cut = try Array(Image(width: 100, height: 100, pixels: noise).png().dropLast(10_000))
    let decoded = try DecodedImage(decoding: cut, background: red)
    #expect(decoded.image.pixels.prefix(300) == noise.prefix(300))
    #expect(decoded.image.pixels.suffix(3) == [200, 0, 0])
    let half = try Array(bytes("baseline.jpg").dropLast(300))
    let planes = try Preprocessing(imageSize: 8).planes(decoding: half, path: "half.jpg")
    let damage = try #require(planes.damage)
    #expect(try damage == DecodedImage(decoding: half, path: "half.jpg").damage)
    #expect(throws: damage) {
      try DecodedImage(decoding: half, path: "half.jpg").whole()
    }
  }

  /// Damage counts where it lies in rows that a plain filter leaves out, too.
  @Test func damageIsFoundInRowsThatAreNotNeeded() throws {
    let whole = try bytes("baseline.jpg")
    for count in [6, 20, 60] {
      let cut = Array(whole.dropLast(count))
      for resize in [Resize(.nearest, antialiased: false), .bilinear, .bilinearAntialiased] {
        let planes = try Preprocessing(imageSize: 2, resize: resize).planes(decoding: cut)
        #expect(planes.damage != nil, "\(count) \(resize.rawValue)")
      }
    }
  }

  @Test func wholeFilesHaveNoDamage() throws {
    for name in [
      "baseline.jpg", "rgba.png", "lossy.webp", "opacity.webp", "animated.webp", "still.gif", "animated.gif",
    ] {
      #expect(try DecodedImage(contentsOfFile: fixture(name)).damage == nil, "\(name)")
    }
  }

  /// The frame header of a JPEG says which process made it, and how many bits a sample has.
  @Test(arguments: [
    (0, 0xc3, "a lossless JPEG"), (0, 0xcb, "a lossless JPEG"), (0, 0xc5, "a hierarchical JPEG"),
    (3, 12, "a 12-bit JPEG"),
  ])
  func refusesOtherJPEGsByName(place: Int, value: Int, name: String) throws {
    var jpeg = try bytes("baseline.jpg")
    let frame = try #require(jpeg.indices.first { jpeg[$0] == 0xff && jpeg[$0 + 1] == 0xc0 })
    jpeg[frame + 1 + place] = UInt8(value)
    let error = #expect(throws: ImageError.self) { try Image(decoding: jpeg, path: "photo") }
    #expect(error?.description == "photo: found \(name), expected a baseline or progressive JPEG of 8 bits")
  }

  /// A few bytes that declare a picture of gigabytes are refused by their header.
  @Test func bombsCostNothing() throws {
    var png = try bytes("rgba.png")
    png.replaceSubrange(16..<24, with: [0, 0, 0xff, 0xff, 0, 0, 0xff, 0xff])
    var gif = try bytes("still.gif")
    gif.replaceSubrange(6..<10, with: [0xff, 0xff, 0xff, 0xff])
    var webP = try bytes("lossless.webp")
    webP.replaceSubrange(21..<25, with: [0xff, 0xff, 0xff, 0x0f])
    for bomb in [png, gif, webP] {
      #expect(throws: ImageError.self) { try Image(decoding: bomb) }
    }
    let error = #expect(throws: ImageError.self) { try Image(decoding: gif) }
    #expect(error?.found == "an image of 65535 x 65535 pixels")
  }

  /// A chunk that claims to be longer than the file takes no memory, and one that is not needed does no harm.
  @Test func chunksBesideThePixelsArePassedOver() throws {
    let png = try bytes("oriented-6.png")
    let exif = try #require(png.indices.first { png[$0...].starts(with: "eXIf".utf8) })
    var long = png
    long[exif - 4] = 0x10
    #expect(throws: ImageError.self) { try Image(decoding: long) }
    var renamed = png
    renamed.replaceSubrange(exif..<exif + 4, with: "iCCP".utf8)
    #expect(try Image(decoding: renamed).width == 3)
  }

  @Test func backgroundLiesBehindTransparency() throws {
    let (black, white) = (RGBColour.black, RGBColour.white)
    for name in ["rgba.png", "gray-alpha.png", "palette-transparent.png", "opacity.webp", "interlaced.gif"] {
      let dark = try Image(contentsOfFile: fixture(name), background: black)
      let light = try Image(contentsOfFile: fixture(name), background: white)
      #expect(dark != light && zip(dark.pixels, light.pixels).allSatisfy { $0 <= $1 }, "\(name)")
    }
  }
}
