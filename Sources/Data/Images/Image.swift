import Tensor

/// A picture in memory: 8-bit RGB, rows from the top, pixels from the left.
public struct Image: Hashable, Sendable {
  /// The number of pixels in a row.
  public let width: Int
  /// The number of rows.
  public let height: Int
  /// Red, green and blue of each pixel, `height * width * 3` bytes: the `[H, W, C]` order of OpenCV and Pillow.
  public let pixels: [UInt8]

  /// Makes a picture from its bytes. Stops unless there are `height * width * 3` bytes and at least one pixel.
  public init(width: Int, height: Int, pixels: [UInt8]) {
    require(width > 0 && height > 0, "Image: \(width) x \(height) pixels were asked for, at least 1 x 1 are needed")
    require(
      pixels.count == width * height * 3,
      "Image: \(width) x \(height) RGB pixels are \(width * height * 3) bytes, \(pixels.count) were given")
    self.width = width
    self.height = height
    self.pixels = pixels
  }

  /// Reads a file in one of the formats of ``ImageFormat``, whatever its name ends in.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - background: the colour behind transparent parts.
  ///   - profiles: whether colours are converted to sRGB.
  ///   - limits: the largest picture to decode; checked before memory is allocated.
  /// - Throws: ``ImageError`` when the file cannot be read, holds something else, is damaged or exceeds `limits`.
  public init(
    contentsOfFile path: String, background: RGBColour = .white, profiles: ProfilePolicy = .ignoring,
    limits: ImageLimits = .standard
  ) throws(ImageError) {
    self = try DecodedImage(contentsOfFile: path, background: background, profiles: profiles, limits: limits).whole()
  }

  /// Decodes the bytes of a file in one of the formats of ``ImageFormat``.
  ///
  /// The picture is turned by its EXIF orientation. Gray and palettes become RGB, CMYK is converted as in Pillow, the high
  /// byte of 16-bit samples is kept, and an animation gives its first frame. Gamma is not applied, colour profiles only if
  /// `profiles` asks for that.
  ///
  /// - Parameters:
  ///   - bytes: the content of the file.
  ///   - path: what an error names as the source.
  ///   - background: the colour behind transparent parts.
  ///   - profiles: whether colours are converted to sRGB.
  ///   - limits: the largest picture to decode; checked before memory is allocated.
  /// - Throws: ``ImageError`` when the bytes are something else, are damaged or exceed `limits`.
  public init(
    decoding bytes: [UInt8], path: String = "bytes in memory", background: RGBColour = .white,
    profiles: ProfilePolicy = .ignoring, limits: ImageLimits = .standard
  ) throws(ImageError) {
    self = try DecodedImage(
      decoding: bytes, path: path, background: background, profiles: profiles, limits: limits
    ).whole()
  }
}
