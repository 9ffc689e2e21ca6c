import CJPEG
import Glibc

/// Decodes a JPEG as libjpeg-turbo does by default: accurate inverse transform, smoothed chroma.
func decodeJPEG(_ bytes: [UInt8], limits: ImageLimits) throws(ImageRefusal) -> Image {
  var header = kilim_jpeg_header()
  var message = CodecMessage(size: KILIM_JPEG_MESSAGE_SIZE)
  guard kilim_jpeg_read_header(bytes, bytes.count, &header, &message.text) == KILIM_JPEG_COMPLETE else {
    throw ImageRefusal(found: "an unusable JPEG: \(message)")
  }
  let (width, height, channels) = (Int(header.width), Int(header.height), Int(header.channels))
  try limits.check(width: width, height: height)

  var status = KILIM_JPEG_REFUSED
  let pixels = [UInt8](unsafeUninitializedCapacity: width * height * channels) { buffer, initialized in
    status = kilim_jpeg_decode(bytes, bytes.count, buffer.baseAddress, buffer.count, &message.text)
    initialized = status == KILIM_JPEG_COMPLETE ? buffer.count : 0
  }
  switch status {
  case KILIM_JPEG_COMPLETE:
    return Image(width: width, height: height, pixels: channels == 4 ? convertInvertedCMYK(pixels) : pixels)
  case KILIM_JPEG_DAMAGED:
    throw ImageRefusal(found: "a damaged JPEG: \(message)", expected: "a JPEG with all its data")
  default:
    throw ImageRefusal(found: "an unusable JPEG: \(message)")
  }
}

/// RGB of CMYK samples that count the light left over rather than the ink, as nearly all programs write them since
/// Photoshop did: `R = C K / 255`, rounded. Pillow reads every CMYK JPEG so, with Adobe's marker or without.
private func convertInvertedCMYK(_ samples: [UInt8]) -> [UInt8] {
  let count = samples.count / 4
  return [UInt8](unsafeUninitializedCapacity: count * 3) { rgb, initialized in
    for pixel in 0..<count {
      let key = UInt32(samples[4 * pixel + 3])
      for channel in 0..<3 {
        let ink = 255 - UInt32(samples[4 * pixel + channel])
        rgb[3 * pixel + channel] = UInt8(key - divideBy255(ink * key))
      }
    }
    initialized = count * 3
  }
}

extension Image {
  /// The bytes of a baseline JPEG file with chroma at half resolution.
  ///
  /// - Parameter quality: from 1 to 100 on libjpeg's scale.
  /// - Throws: ``ImageError`` when a side is longer than a JPEG can hold, 65,500 pixels.
  public func jpeg(quality: Int = 90) throws(ImageError) -> [UInt8] {
    var message = CodecMessage(size: KILIM_JPEG_MESSAGE_SIZE)
    var bytes: UnsafeMutablePointer<UInt8>?
    var count = 0
    let status = kilim_jpeg_encode(
      pixels, Int32(clamping: width), Int32(clamping: height), Int32(clamping: quality), &bytes, &count,
      &message.text)
    guard status == KILIM_JPEG_COMPLETE else {
      throw ImageError(
        path: "JPEG of \(width) x \(height) pixels", found: "\(message)", expected: "sides of at most 65500 pixels")
    }
    defer { free(bytes) }
    return Array(UnsafeBufferPointer(start: bytes, count: count))
  }
}
