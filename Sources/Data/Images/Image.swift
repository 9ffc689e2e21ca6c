import Serialization
import Tensor

/// A picture in memory: 8-bit RGB, rows from the top, pixels from the left.
public struct Image: Hashable, Sendable {
  /// The number of pixels in a row.
  public let width: Int
  /// The number of rows.
  public let height: Int
  /// Red, green and blue of each pixel, `height * width * 3` bytes: the `[H, W, C]` order of OpenCV and Pillow.
  public let pixels: [UInt8]

  /// Makes a picture of its bytes. Stops unless there are `height * width * 3` of them, and at least one pixel.
  public init(width: Int, height: Int, pixels: [UInt8]) {
    require(width > 0 && height > 0, "Image: \(width) x \(height) pixels were asked for, at least 1 x 1 are needed")
    require(
      pixels.count == width * height * 3,
      "Image: \(width) x \(height) RGB pixels are \(width * height * 3) bytes, \(pixels.count) were given")
    self.width = width
    self.height = height
    self.pixels = pixels
  }

  /// Reads a JPEG or PNG file, whatever its name ends in.
  ///
  /// - Throws: ``ImageError`` when the file cannot be read, holds something else, is damaged or exceeds `limits`.
  public init(contentsOfFile path: String, limits: ImageLimits = .standard) throws(ImageError) {
    let bytes: [UInt8]
    do {
      bytes = try readFile(path, limit: limits.bytes)
    } catch {
      let reason = (error as? FileError)?.reason.description ?? "\(error)"
      throw ImageError(path: path, found: "no readable file (\(reason))")
    }
    self = try Image(decoding: bytes, path: path, limits: limits)
  }

  /// Decodes the bytes of a JPEG or PNG file.
  ///
  /// Gray and palettes become RGB, CMYK is converted as Pillow does, transparency lies over white, of 16-bit samples the
  /// high byte is kept. The orientation in EXIF and colour profiles are left aside.
  ///
  /// - Parameters:
  ///   - bytes: the content of the file.
  ///   - path: what an error names as the source.
  ///   - limits: what the picture may measure; checked before memory is taken.
  /// - Throws: ``ImageError`` when the bytes are something else, are damaged or exceed `limits`.
  public init(
    decoding bytes: [UInt8], path: String = "bytes in memory", limits: ImageLimits = .standard
  ) throws(ImageError) {
    do throws(ImageRefusal) {
      self =
        switch ImageFormat(of: bytes) {
        case .jpeg: try decodeJPEG(bytes, limits: limits)
        case .png: try decodePNG(bytes, limits: limits)
        case nil: throw ImageRefusal(found: describeContent(of: bytes))
        }
    } catch {
      throw ImageError(path: path, found: error.found, expected: error.expected)
    }
  }
}
