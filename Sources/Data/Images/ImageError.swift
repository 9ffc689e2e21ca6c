/// A file that holds no picture Kilim can use: what it is, what was found in it and what was expected.
public struct ImageError: Error, Hashable, Codable, Sendable, CustomStringConvertible {
  /// The file, as it was named to Kilim.
  public let path: String
  /// What is there instead: "HTML text", "zero bytes", "a damaged JPEG: Premature end of JPEG file".
  public let found: String
  /// What would have been accepted.
  public let expected: String

  /// One line: `cat/1.jpg: found HTML text, expected a JPEG, PNG, WebP, GIF, BMP, TIFF, AVIF, HEIC or JPEG XL image`.
  public var description: String { "\(path): found \(found), expected \(expected)" }

  init(path: String, found: String, expected: String = ImageRefusal.anyImage) {
    self.path = path
    self.found = found
    self.expected = expected
  }

  static func tooManyBytes(_ count: Int, path: String, limits: ImageLimits) -> ImageError {
    ImageError(
      path: path, found: "a file of \(count) bytes",
      expected: "at most \(limits.bytes) bytes; larger ones need a larger `ImageLimits.bytes`")
  }
}

/// The part of an ``ImageError`` that a decoder knows: everything but the path.
package struct ImageRefusal: Error {
  static let anyImage = "a JPEG, PNG, WebP, GIF, BMP, TIFF, AVIF, HEIC or JPEG XL image"

  package var found: String
  package var expected = anyImage

  package func error(path: String) -> ImageError { ImageError(path: path, found: found, expected: expected) }
}
