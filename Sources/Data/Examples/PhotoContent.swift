import Serialization

/// What tells a photo from all others: the bytes of its file, or its pixels.
struct PhotoContent: Equatable {
  let bytes: [UInt8]
  /// Of pixels, whose bytes do not say it.
  private let size: ImageSize?

  init(_ bytes: [UInt8], of photo: Photo) {
    self.bytes = bytes
    size = if case .pixels(let image, _) = photo { ImageSize(height: image.height, width: image.width) } else { nil }
  }

  /// The format of the file; `nil` for pixels, and for what is no picture.
  var format: ImageFormat? { size == nil ? ImageFormat(of: bytes) : nil }

  /// XXH64 of the bytes. Pixels in another height and width, and a file with another version of its decoder, have another one.
  var checksum: UInt64 {
    let seed =
      if let size {
        [UInt64(size.height), UInt64(size.width)].map(\.littleEndian).withUnsafeBytes { xxh64($0) }
      } else {
        (format?.decoderVersion ?? 1) - 1
      }
    return bytes.withUnsafeBytes { xxh64($0, seed: seed) }
  }
}
