import Serialization

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
  /// Windows and OS/2 bitmaps, plain or run-length encoded.
  case bmp
  /// The first picture. Read by libtiff, which is loaded when it is needed, as the libraries of the next ones are.
  case tiff
  /// AV1 pictures. Read by libheif.
  case avif
  /// HEVC pictures, as phones write them. Read by libheif.
  case heic
  /// The first frame. Read by libjxl.
  case jpegXL = "jxl"

  /// The format of a file's content, or nil when it is none of these.
  public init?(of bytes: some Collection<UInt8>) {
    let head = Array(bytes.prefix(FileKind.headByteCount))
    switch FileKind(head: head) {
    case .jpeg: self = .jpeg
    case .png: self = .png
    case .webP where head.starts(with: "RIFF".utf8): self = .webp
    case .gif: self = .gif
    case .bmp: self = .bmp
    case .tiff: self = .tiff
    case .avif: self = .avif
    case .heic: self = Self.hasBrand("avif", head) ? .avif : .heic
    case .jpegXL: self = .jpegXL
    default: return nil
    }
  }

  /// Whether the box at the beginning of a file names a kind of content that the file has.
  private static func hasBrand(_ brand: String, _ head: [UInt8]) -> Bool {
    guard let length = head[...].number(at: 0, bytes: 4, .bigEndian) else { return false }
    return stride(from: 16, to: min(length, head.count), by: 4).contains { head[$0...].starts(with: brand.utf8) }
  }

  /// The name of the format, such as `JPEG`, `WebP` or `JPEG XL`.
  public var description: String {
    switch self {
    case .webp: "WebP"
    case .jpegXL: "JPEG XL"
    default: rawValue.uppercased()
    }
  }

  /// `a JPEG`, for messages.
  var withArticle: String { (self == .avif ? "an " : "a ") + description }
}
