import Data
import Foundation
import Testing

/// Colours converted to sRGB, against Pillow's `ImageCms`.
@Suite(
  .enabled(
    if: hasLibrary("liblcms2.so.2") && hasLibrary("libtiff.so.6") && hasLibrary("libheif.so.1")
      && (7...11).contains { hasLibrary("libjxl.so.0.\($0)") },
    "liblcms2, libtiff, libheif or libjxl is missing; `make test` installs them"))
struct ColourProfileTests {
  private func path(_ name: String) -> String { fixture("formats/profile-\(name)") }

  /// Both round once from the same numbers, and versions of Little CMS interpolate with different steps. Colours that are stored
  /// multiplied by their opacity, as libtiff gives them, add a rounding before and after. AVIF and HEIC differ by 2 before, which
  /// a profile may stretch.
  @Test func convertsAsPillow() throws {
    for (name, expected) in try readFixture("profiles.json", as: [String: DecodedSamples].self) {
      let image = try Image(contentsOfFile: fixture("formats/" + name), profiles: .converting)
      let difference = try #require(expected.difference(to: image), "\(name) has another size")
      let isLossy = ["avif", "heic", "jxl"].contains { name.hasSuffix($0) }
      #expect(difference <= (isLossy ? 4 : name.hasSuffix("opacity.tif") ? 3 : 2), "\(name)")
    }
  }

  @Test func changesNothingUnlessAsked() throws {
    for name in ["p3.jpg", "p3.png", "p3.webp", "p3.tif", "adobe-opacity.png", "gray.png", "cmyk.jpg", "cmyk.tif"] {
      let plain = try Image(contentsOfFile: path(name))
      #expect(try plain == Image(contentsOfFile: path(name), profiles: .ignoring))
      #expect(try plain != Image(contentsOfFile: path(name), profiles: .converting), "\(name)")
    }
  }

  /// A lossy JPEG XL holds no numbers that belong to its profile. Unless libjxl has a short name for that, they are those of sRGB,
  /// and never those of linear light, which look dark.
  @Test func lossyPicturesWithRareProfilesAreSRGB() throws {
    for name in ["adobe-lossy.jxl", "table-lossy.jxl", "gray-lossy.jxl"] {
      let image = try Image(contentsOfFile: path(name))
      #expect(try image == Image(contentsOfFile: path(name), profiles: .converting), "\(name)")
    }
    for name in ["p3.jxl", "p3-lossy.jxl", "pro-lossless.jxl"] {
      #expect(
        try Image(contentsOfFile: path(name)) != Image(contentsOfFile: path(name), profiles: .converting), "\(name)")
    }
  }

  /// Lab has no numbers that could be used as they are, with or without a profile.
  @Test func labIsConvertedInAnyCase() throws {
    let lab = fixture("formats/lab.tif")
    #expect(try Image(contentsOfFile: lab) == Image(contentsOfFile: lab, profiles: .converting))
  }

  /// What is read row by row is damaged where rows are missing. A profile that is cut off changes nothing.
  @Test(arguments: ["lab.tif", "profile-cmyk.tif", "profile-cmyk-lzw.tif"])
  func cutRowsAreDamage(name: String) throws {
    let whole = try [UInt8](Foundation.Data(contentsOf: URL(filePath: fixture("formats/" + name))))
    let pictures = try ProfilePolicy.allCases.map { try Image(decoding: whole, profiles: $0) }
    for length in stride(from: 1, to: whole.count, by: max(whole.count / 40, 1)) {
      let cut = Array(whole.prefix(length))
      guard let decoded = try? DecodedImage(decoding: cut, path: name, profiles: .converting) else { continue }
      #expect(decoded.damage != nil || pictures.contains(decoded.image), "\(length)")
    }
  }

  /// No profile, that of sRGB, one that is cut off, and one of gray in a picture with colours.
  @Test func leavesOtherFilesAlone() throws {
    for path in [
      fixture("rgba.png"), fixture("baseline.jpg"), fixture("cmyk.jpg"), path("srgb.png"), path("srgb.jpg"),
      path("broken.png"),
      path("gray-on-colours.png"),
    ] {
      #expect(try Image(contentsOfFile: path, profiles: .converting) == Image(contentsOfFile: path), "\(path)")
    }
  }

  /// Both ways to an input give the same colours; a preprocessing carries the choice to the model's file.
  @Test func preprocessingConverts() throws {
    let converting = Preprocessing(imageSize: ImageSize(height: 21, width: 34), profiles: .converting)
    for name in ["p3.jpg", "cmyk.jpg", "p3.png"] {
      let image = try Image(contentsOfFile: path(name), profiles: .converting)
      #expect(try converting(contentsOfFile: path(name)) == converting(image), "\(name)")
    }
    // Nothing changes for sRGB, nor the way in which a photo is decoded at a part of its size.
    let (small, plainSmall) = (Preprocessing(imageSize: 8, profiles: .converting), Preprocessing(imageSize: 8))
    #expect(try small(contentsOfFile: path("srgb.jpg")) == plainSmall(contentsOfFile: path("srgb.jpg")))
    #expect(try small(contentsOfFile: path("p3.jpg")) != plainSmall(contentsOfFile: path("p3.jpg")))
    let decoded = try JSONDecoder().decode(Preprocessing.self, from: JSONEncoder().encode(converting))
    #expect(decoded == converting)
    let plain = Preprocessing(imageSize: ImageSize(height: 21, width: 34))
    #expect(converting.differences(from: plain) == ["colour profiles: converting and ignoring"])
    #expect(try !String(decoding: JSONEncoder().encode(plain), as: UTF8.self).contains("profiles"))
  }
}
