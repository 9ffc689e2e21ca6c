/// The kind of a file's content. It is recognized by the first bytes, never by the name.
package enum FileKind: String, Hashable, Sendable, CaseIterable {
  case jpeg, png, webP, gif, bmp, tiff, avif, heic, jpegXL, jpeg2000, icon, netpbm
  case video
  case svg, pdf
  case zip, hdf5, onnx, safetensors, npy
  case photoCache
  case html, json, csv, text
  /// Bytes of any other kind.
  case binary

  /// The number of bytes at the beginning of a file that are used.
  package static let headByteCount = 512

  /// Recognizes the kind of a file by its first bytes.
  ///
  /// - Parameter head: the first ``headByteCount`` bytes of the file, or all if it is shorter.
  package init(head: [UInt8]) {
    let signature = Self.signatures.first { head.dropFirst($0.offset).starts(with: $0.bytes) }?.kind
    // A text may begin with the two letters of a BMP.
    let isText = signature == .bmp && !head.prefix(18).contains(0)
    self = (isText ? nil : signature) ?? Self.modelKind(head) ?? Self.textKind(head) ?? .binary
  }

  private static let signatures: [(offset: Int, bytes: [UInt8], kind: FileKind)] = [
    (0, [0xFF, 0xD8], .jpeg),
    (0, [0x89, 0x50, 0x4E, 0x47], .png),
    (8, Array("WEBP".utf8), .webP),
    (0, Array("GIF8".utf8), .gif),
    (0, Array("BM".utf8), .bmp),
    (0, Array("II*\0".utf8), .tiff),
    (0, Array("MM\0*".utf8), .tiff),
    // BigTIFF.
    (0, Array("II+\0".utf8), .tiff),
    (0, Array("MM\0+".utf8), .tiff),
    (4, Array("ftypavi".utf8), .avif),
    (4, Array("ftyphe".utf8), .heic),
    (4, Array("ftypmif1".utf8), .heic),
    (4, Array("ftypmsf1".utf8), .heic),
    (0, [0xFF, 0x0A], .jpegXL),
    (4, Array("JXL \r\n".utf8), .jpegXL),
    (4, Array("jP  \r\n".utf8), .jpeg2000),
    (0, [0, 0, 1, 0], .icon),
    (0, Array("P5\n".utf8), .netpbm),
    (0, Array("P6\n".utf8), .netpbm),
    // Checked after the pictures that use the same container.
    (4, Array("ftyp".utf8), .video),
    (0, Array("%PDF".utf8), .pdf),
    (0, [0x50, 0x4B, 3, 4], .zip),
    // An empty archive.
    (0, [0x50, 0x4B, 5, 6], .zip),
    (0, [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A], .hdf5),
    (0, [0x93] + Array("NUMPY".utf8), .npy),
    (0, Array("KILIMPH".utf8), .photoCache),
  ]

  /// The kinds of model files without a signature, recognized by the first bytes that their formats require.
  private static func modelKind(_ head: [UInt8]) -> FileKind? {
    guard head.count > 8 else { return nil }
    // The length of the header in eight bytes, at most 100 million, and the beginning of its JSON.
    if head[8] == UInt8(ascii: "{"), head[4...7].allSatisfy({ $0 == 0 }), head[3] < 6 { return .safetensors }
    return beginsAsONNX(head) ? .onnx : nil
  }

  /// Whether bytes begin as an ONNX model does: a message of Protocol Buffers with its fields 1, the version of the format,
  /// and 2, the producer, or one of those that may follow in place of it: 3, 4, 5, 6, 7, the graph, 8, the operation sets.
  package static func beginsAsONNX(_ bytes: [UInt8]) -> Bool {
    guard bytes.count > 3, bytes[0] == 0x08, (1...64).contains(bytes[1]) else { return false }
    // Field 5, the version of the model, is a number; all others are texts or messages.
    return [0x12, 0x1A, 0x22, 0x28, 0x32, 0x3A, 0x42].contains(bytes[2])
  }

  private static func textKind(_ head: [UInt8]) -> FileKind? {
    let bytes = head.starts(with: [0xEF, 0xBB, 0xBF]) ? head[3...] : head[...]
    let isSpace = { (byte: UInt8) in byte == 0x20 || (0x09...0x0D).contains(byte) }
    guard bytes.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || isSpace($0) }),
      let first = bytes.first(where: { !isSpace($0) })
    else { return nil }
    let text = String(decoding: bytes, as: UTF8.self).lowercased()
    if text.contains("<svg") { return .svg }
    if text.contains("<html") || text.contains("<!doctype") { return .html }
    if first == UInt8(ascii: "{") || first == UInt8(ascii: "[") { return .json }
    return isTable(bytes) ? .csv : .text
  }

  /// Whether the first line has commas without a space after them, and the next lines have as many commas. The last
  /// line may be cut off.
  private static func isTable(_ bytes: ArraySlice<UInt8>) -> Bool {
    var commas = [0]
    var isQuoted = false
    var previous = UInt8(ascii: "\n")
    for byte in bytes {
      if byte == UInt8(ascii: "\"") { isQuoted.toggle() }
      if byte == UInt8(ascii: " "), previous == UInt8(ascii: ","), !isQuoted, commas.count == 1 { return false }
      if byte == UInt8(ascii: ","), !isQuoted { commas[commas.count - 1] += 1 }
      if byte == UInt8(ascii: "\n"), !isQuoted { commas.append(0) }
      previous = byte
    }
    let columns = commas[0]
    return columns > 0 && commas.dropLast().allSatisfy { $0 == columns } && commas[commas.count - 1] <= columns
  }
}

extension FileKind: CustomStringConvertible {
  /// The kind in words: `a PNG image`.
  package var description: String {
    switch self {
    case .jpeg: "a JPEG image"
    case .png: "a PNG image"
    case .webP: "a WebP image"
    case .gif: "a GIF image"
    case .bmp: "a BMP image"
    case .tiff: "a TIFF image"
    case .avif: "an AVIF image"
    case .heic: "a HEIC image"
    case .jpegXL: "a JPEG XL image"
    case .jpeg2000: "a JPEG 2000 image"
    case .icon: "an icon (ICO)"
    case .netpbm: "a PPM or PGM image"
    case .video: "a video (MP4 or QuickTime)"
    case .svg: "an SVG image"
    case .pdf: "a PDF document"
    case .zip: "a ZIP archive"
    case .hdf5: "an HDF5 file"
    case .onnx: "an ONNX model"
    case .safetensors: "a safetensors file"
    case .npy: "a NumPy array"
    case .photoCache: "a cache of photos"
    case .html: "HTML text"
    case .json: "JSON text"
    case .csv: "a CSV table"
    case .text: "text"
    case .binary: "unknown binary data"
    }
  }
}
