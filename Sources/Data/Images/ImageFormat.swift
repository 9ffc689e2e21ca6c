/// The file formats that Kilim decodes. The first bytes of a file say which it is; its name does not matter.
public enum ImageFormat: String, Hashable, Codable, Sendable, CaseIterable, CustomStringConvertible {
  /// ISO 10918: baseline, progressive and arithmetic; 8 bits.
  case jpeg
  /// Portable Network Graphics; of an animated one (APNG), the picture that other readers show.
  case png
  /// Lossy, lossless, with or without opacity; of an animation, the first frame.
  case webp
  /// The first frame.
  case gif

  /// The format of a file's content, or nil when it is none of these.
  public init?(of bytes: some Collection<UInt8>) {
    if bytes.starts(with: [0xff, 0xd8]) {
      self = .jpeg
    } else if bytes.starts(with: [0x89, 0x50, 0x4e, 0x47]) {
      self = .png
    } else if bytes.starts(with: "RIFF".utf8), bytes.dropFirst(8).starts(with: "WEBP".utf8) {
      self = .webp
    } else if bytes.starts(with: "GIF8".utf8) {
      self = .gif
    } else {
      return nil
    }
  }

  /// The name of the format: `JPEG`, `PNG`, `WebP`, `GIF`.
  public var description: String { self == .webp ? "WebP" : rawValue.uppercased() }

  /// `a JPEG`, for messages.
  var withArticle: String { "a \(self)" }
}
