/// The properties of a picture in the header of its file: for lists and checks of many files.
public struct ImageHeader: Hashable, Sendable {
  /// The meaning of the samples of a file.
  public enum ColourModel: String, Hashable, Codable, Sendable, CaseIterable {
    /// Lightness alone.
    case gray
    /// Lightness and opacity.
    case grayAlpha
    /// Numbers of colours in a table, some of which may be transparent.
    case palette
    /// Red, green, blue; in a JPEG and a lossy WebP stored as lightness and two colour differences.
    case rgb
    /// Red, green, blue and opacity.
    case rgba
    /// CMYK, the four inks of a printing press, plain or as YCCK.
    case cmyk
  }

  /// The format of the file.
  public let format: ImageFormat
  /// Pixels in a row, of the picture as it is shown.
  public let width: Int
  /// Rows, of the picture as it is shown.
  public let height: Int
  /// The meaning of the samples.
  public let colours: ColourModel
  /// Bits in a sample; in a palette, of a number in it.
  public let bitDepth: Int
  /// How the stored picture is rotated before it is shown. Height and width are those after the rotation. Upright for AVIF and
  /// HEIC, whose library rotates the picture and does not say how.
  public let orientation: Orientation

  /// Reads the header of a file.
  ///
  /// - Throws: ``ImageError`` when the file cannot be read or has no header of a picture. That the rest is whole is not
  ///   checked.
  public init(contentsOfFile path: String, limits: ImageLimits = .standard) throws(ImageError) {
    try self.init(decoding: readImageFile(path, limits: limits), path: path)
  }

  /// Reads the header in the bytes of a file.
  ///
  /// - Throws: ``ImageError`` when the bytes have no header of a picture.
  public init(decoding bytes: [UInt8], path: String = "bytes in memory") throws(ImageError) {
    do throws(ImageRefusal) {
      switch ImageFormat(of: bytes) {
      case .jpeg: try self.init(jpeg: bytes)
      case .png: try self.init(png: bytes)
      case .webp: try self.init(webP: bytes)
      case .gif: try self.init(gif: bytes)
      case .bmp: try self.init(bmp: bytes)
      case .tiff: try self.init(tiff: bytes)
      case .avif: try self.init(heif: bytes, .avif)
      case .heic: try self.init(heif: bytes, .heic)
      case .jpegXL: try self.init(jpegXL: bytes)
      case nil: throw ImageRefusal(found: describeContent(of: bytes))
      }
    } catch {
      throw error.error(path: path)
    }
  }

  private init(
    _ format: ImageFormat, height: Int?, width: Int?, _ colours: ColourModel?, bitDepth: Int?,
    orientation: Orientation = .upright
  ) throws(ImageRefusal) {
    guard let height, let width, let colours, let bitDepth, height > 0, width > 0 else {
      throw ImageRefusal(found: "\(format.withArticle) without a header")
    }
    let size = ImageSize(height: height, width: width).turned(orientation)
    self.format = format
    self.height = size.height
    self.width = size.width
    self.colours = colours
    self.bitDepth = bitDepth
    self.orientation = orientation
  }

  private init(jpeg bytes: [UInt8]) throws(ImageRefusal) {
    let header = JPEGHeader(bytes)
    let models: [Int: ColourModel] = [1: .gray, 3: .rgb, 4: .cmyk]
    try self.init(
      .jpeg, height: header.height, width: header.width, models[header.components], bitDepth: header.bitDepth,
      orientation: header.orientation)
  }

  private init(png bytes: [UInt8]) throws(ImageRefusal) {
    let chunks = PNGChunks(bytes)
    let models: [Int: ColourModel] = [0: .gray, 2: .rgb, 3: .palette, 4: .grayAlpha, 6: .rgba]
    try self.init(
      .png, height: chunks.header.number(at: 4, bytes: 4, .bigEndian),
      width: chunks.header.number(at: 0, bytes: 4, .bigEndian),
      chunks.header.number(at: 9, bytes: 1, .bigEndian).flatMap { models[$0] },
      bitDepth: chunks.header.number(at: 8, bytes: 1, .bigEndian), orientation: chunks.orientation)
  }

  private init(webP bytes: [UInt8]) throws(ImageRefusal) {
    self = try bytes.withUnsafeBufferPointer { bytes throws(ImageRefusal) in
      let container = try WebPContainer(bytes)
      return try ImageHeader(
        .webp, height: container.canvas.height, width: container.canvas.width, container.hasOpacity ? .rgba : .rgb,
        bitDepth: 8, orientation: container.orientation)
    }
  }

  private init(gif bytes: [UInt8]) throws(ImageRefusal) {
    let file = bytes[...]
    try self.init(
      .gif, height: file.number(at: 8, bytes: 2, .littleEndian), width: file.number(at: 6, bytes: 2, .littleEndian),
      .palette, bitDepth: file.number(at: 10, bytes: 1, .littleEndian).map { $0 & 7 + 1 })
  }

  private init(bmp bytes: [UInt8]) throws(ImageRefusal) {
    let header = try BMPHeader(bytes)
    let colours: ColourModel = header.bitCount <= 8 ? .palette : header.masks?.alpha == nil ? .rgb : .rgba
    try self.init(
      .bmp, height: header.size.height, width: header.size.width, colours,
      bitDepth: header.bitCount == 16 ? 5 : min(header.bitCount, 8))
  }

  private init(tiff bytes: [UInt8]) throws(ImageRefusal) {
    let header = try withTIFF(bytes, memory: bytes.count) { file throws(ImageRefusal) in try file.header() }
    try self.init(
      .tiff, height: header.size.height, width: header.size.width, header.colours, bitDepth: header.bitDepth,
      orientation: header.orientation)
  }

  private init(heif bytes: [UInt8], _ format: ImageFormat) throws(ImageRefusal) {
    self = try bytes.withUnsafeBufferPointer { bytes throws(ImageRefusal) in
      let file = try HEIFFile(bytes, format)
      return try ImageHeader(
        format, height: file.size.height, width: file.size.width, file.hasOpacity ? .rgba : .rgb,
        bitDepth: file.bitDepth)
    }
  }

  private init(jpegXL bytes: [UInt8]) throws(ImageRefusal) {
    self = try bytes.withUnsafeBufferPointer { bytes throws(ImageRefusal) in
      let file = try JPEGXLFile(bytes)
      let isGray = file.info.num_color_channels == 1
      let orientation = Orientation(rawValue: Int(file.info.orientation)) ?? .upright
      let stored = file.size.turned(orientation)
      return try ImageHeader(
        .jpegXL, height: stored.height, width: stored.width,
        file.hasOpacity ? (isGray ? .grayAlpha : .rgba) : (isGray ? .gray : .rgb),
        bitDepth: Int(file.info.bits_per_sample), orientation: orientation)
    }
  }
}
