import Serialization

/// A picture and what is wrong with its file: for programs that can use a part of a damaged photo.
///
/// ```swift
/// let photo = try DecodedImage(contentsOfFile: "half.jpg")
/// if let damage = photo.damage { print(damage) }  // half.jpg: found a damaged JPEG: Premature end of JPEG file, …
/// ```
public struct DecodedImage: Hashable, Sendable {
  /// The picture, upright. Parts that are missing in a damaged file are gray in a JPEG, otherwise of the background colour.
  public let image: Image
  /// Which pixels are missing or wrong, in the words of the codec; nil when every pixel was decoded.
  public let damage: ImageError?

  /// Reads a file, whatever its name ends in.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - background: the colour behind transparent parts.
  ///   - profiles: whether colours are converted to sRGB.
  ///   - limits: the largest picture to decode; checked before memory is allocated.
  /// - Throws: ``ImageError`` when the file cannot be read, holds no picture or exceeds `limits`.
  public init(
    contentsOfFile path: String, background: RGBColour = .white, profiles: ProfilePolicy = .ignoring,
    limits: ImageLimits = .standard
  ) throws(ImageError) {
    try self.init(
      decoding: readImageFile(path, limits: limits), path: path, background: background, profiles: profiles,
      limits: limits)
  }

  /// Decodes the bytes of a file.
  ///
  /// - Parameters:
  ///   - bytes: the content of the file.
  ///   - path: what an error names as the source.
  ///   - background: the colour behind transparent parts.
  ///   - profiles: whether colours are converted to sRGB.
  ///   - limits: the largest picture to decode; checked before memory is allocated.
  /// - Throws: ``ImageError`` when the bytes hold no picture or exceed `limits`.
  public init(
    decoding bytes: [UInt8], path: String = "bytes in memory", background: RGBColour = .white,
    profiles: ProfilePolicy = .ignoring, limits: ImageLimits = .standard
  ) throws(ImageError) {
    do throws(ImageRefusal) {
      let settings = DecodingSettings(background: background, profiles: profiles, limits: limits)
      let decoded = try decode(bytes, settings)
      image = try decoded.shown(on: background)
      damage = decoded.damage?.error(path: path)
    } catch {
      throw error.error(path: path)
    }
  }

  /// The picture of a file without damage.
  ///
  /// - Throws: `damage`, if there is any.
  public func whole() throws(ImageError) -> Image {
    if let damage { throw damage }
    return image
  }
}

/// The bytes of a file that should hold a picture.
package func readImageFile(_ path: String, limits: ImageLimits) throws(ImageError) -> [UInt8] {
  // The system would read the file that is named by the part before the byte.
  guard !path.utf8.contains(0) else {
    throw ImageError(path: path, found: "a byte 0 in the path", expected: "the path of a file")
  }
  do {
    return try readFile(path, limit: limits.bytes)
  } catch let error as FileError {
    if case .tooLarge(let byteCount, _) = error.reason {
      throw .tooManyBytes(byteCount, path: path, limits: limits)
    }
    throw ImageError(path: path, found: "no readable file (\(error.reason))")
  } catch {
    throw ImageError(path: path, found: "no readable file (\(error))")
  }
}

private func decode(_ bytes: [UInt8], _ settings: DecodingSettings) throws(ImageRefusal) -> StoredImage {
  switch ImageFormat(of: bytes) {
  case .jpeg: try decodeJPEG(bytes, settings)
  case .png: try decodePNG(bytes, settings)
  case .webp: try decodeWebP(bytes, settings)
  case .gif: try decodeGIF(bytes, settings)
  case .bmp: try decodeBMP(bytes, settings)
  case .tiff: try decodeTIFF(bytes, settings)
  case .avif: try decodeHEIF(bytes, .avif, settings)
  case .heic: try decodeHEIF(bytes, .heic, settings)
  case .jpegXL: try decodeJPEGXL(bytes, settings)
  case nil: throw ImageRefusal(found: describeContent(of: bytes))
  }
}
