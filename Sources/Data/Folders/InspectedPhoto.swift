import Serialization

/// The results of an inspection for one photo.
public struct InspectedPhoto: Hashable, Codable, Sendable {
  /// The file.
  public let path: String
  /// Its classes, as indices into the names of all classes: one in a folder of class folders; none if it is not labelled with
  /// classes.
  public let labels: [Int]
  /// The format of the content, whatever the name says.
  public let format: ImageFormat
  /// Pixels in a row.
  public let width: Int
  /// Rows.
  public let height: Int
  /// Whether red, green and blue are the same in all pixels.
  public let isGray: Bool
  /// Unusual properties of the file, in words: a file extension of another format, a rotated picture, CMYK colours, 16
  /// bits, a very small or a very long picture.
  public let oddities: [String]

  init(_ photo: Photo, labels: [Int], limits: ImageLimits) throws(ImageError) {
    path = photo.name
    let bytes = try photo.bytes(limits: limits)
    let image = try Image(decoding: bytes, path: path, limits: limits)
    guard let format = ImageFormat(of: bytes) else { throw ImageError(path: path, found: "no known format") }
    self.labels = labels
    self.format = format
    (width, height) = (image.width, image.height)
    isGray = image.isGray
    oddities = [
      ImageFormat(named: path).flatMap { $0 == format ? nil : "named as \($0), is \(format)" },
      format.oddSamples(of: bytes),
      min(width, height) < 32 ? "only \(width) x \(height) pixels" : nil,
      max(width, height) > 4 * min(width, height) ? "\(width) x \(height): longer than 4 to 1" : nil,
    ].compactMap(\.self)
  }
}

extension ImageFormat {
  /// The format that the extension of a file stands for.
  fileprivate init?(named path: String) {
    guard let dot = path.lastIndex(of: ".") else { return nil }
    switch path[path.index(after: dot)...].lowercased() {
    case "jpg", "jpeg", "jpe", "jfif": self = .jpeg
    case "png": self = .png
    case "webp": self = .webp
    case "gif": self = .gif
    case "bmp", "dib": self = .bmp
    case "tif", "tiff": self = .tiff
    case "avif": self = .avif
    case "heic", "heif": self = .heic
    case "jxl": self = .jpegXL
    default: return nil
    }
  }

  /// Unusual properties of how a file stores its picture: rotated, in CMYK, with more than 8 bits.
  fileprivate func oddSamples(of bytes: [UInt8]) -> String? {
    switch self {
    case .jpeg:
      let header = JPEGHeader(bytes)
      if header.components == 4 { return "in the inks of a press (CMYK)" }
      return header.orientation == .upright ? nil : "turned (EXIF orientation \(header.orientation.rawValue))"
    case .png:
      let orientation = PNGChunks(bytes).orientation
      if orientation != .upright { return "turned (EXIF orientation \(orientation.rawValue))" }
      return bytes.count > 24 && bytes[24] == 16 ? "16 bits a sample" : nil
    case .tiff, .avif, .heic, .jpegXL:
      guard let header = try? ImageHeader(decoding: bytes) else { return nil }
      if header.colours == .cmyk { return "in the inks of a press (CMYK)" }
      if header.orientation != .upright { return "turned (orientation \(header.orientation.rawValue))" }
      return header.bitDepth > 8 ? "\(header.bitDepth) bits a sample" : nil
    case .webp, .gif, .bmp:
      return nil
    }
  }
}

extension Image {
  /// Whether red, green and blue are the same in all pixels.
  fileprivate var isGray: Bool {
    pixels.withUnsafeBufferPointer { pixels in
      for start in stride(from: 0, to: pixels.count, by: 3)
      where pixels[start] != pixels[start + 1] || pixels[start] != pixels[start + 2] {
        return false
      }
      return true
    }
  }
}
