/// A picture as its file stores it: not yet turned, with its opacity, in its own colours.
struct StoredImage {
  /// What the samples of a pixel are.
  enum Kind {
    case rgb
    case rgba
    /// Red, green and blue are multiplied by the opacity already.
    case premultipliedRGBA
    /// Light, not ink, as nearly all programs write CMYK in a JPEG.
    case invertedCMYK
  }

  let size: ImageSize
  var samples: [UInt8]
  var kind: Kind
  var orientation = Orientation.upright
  var damage: ImageRefusal?
  /// The ICC profile of the file; not read unless it was asked for.
  var profile: [UInt8]?

  /// The picture as a viewer shows it.
  ///
  /// - Throws: ``ImageRefusal`` if the file has a colour profile, and the library that converts it is missing.
  consuming func shown(on background: RGBColour) throws(ImageRefusal) -> Image {
    if let profile { try convertToSRGB(profile) }
    let rgb =
      switch kind {
      case .rgb: samples
      case .rgba: composite(samples, over: background)
      case .premultipliedRGBA: compositePremultiplied(samples, over: background)
      case .invertedCMYK: rgbOfInvertedCMYK(samples)
      }
    return Image(width: size.width, height: size.height, pixels: rgb).turned(orientation)
  }
}

/// How a file is decoded.
struct DecodingSettings {
  var background = RGBColour.white
  var profiles = ProfilePolicy.ignoring
  var limits = ImageLimits.standard
}
