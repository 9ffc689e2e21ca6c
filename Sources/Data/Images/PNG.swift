import CPNG

/// Decodes a PNG of any colour type and depth. Transparent parts lie over white; gamma and colour profiles are not applied.
func decodePNG(_ bytes: [UInt8], limits: ImageLimits) throws(ImageRefusal) -> Image {
  var header = kilim_png_header()
  var message = CodecMessage(size: KILIM_PNG_MESSAGE_SIZE)
  guard kilim_png_read_header(bytes, bytes.count, &header, &message.text) == KILIM_PNG_COMPLETE else {
    throw ImageRefusal(found: "an unusable PNG: \(message)")
  }
  let (width, height, channels) = (Int(header.width), Int(header.height), Int(header.channels))
  try limits.check(width: width, height: height)

  var status = KILIM_PNG_REFUSED
  let pixels = [UInt8](unsafeUninitializedCapacity: width * height * channels) { buffer, initialized in
    status = kilim_png_decode(bytes, bytes.count, buffer.baseAddress, buffer.count, &message.text)
    initialized = status == KILIM_PNG_COMPLETE ? buffer.count : 0
  }
  guard status == KILIM_PNG_COMPLETE else {
    throw ImageRefusal(found: "a damaged PNG: \(message)", expected: "a PNG with all its data")
  }
  return Image(width: width, height: height, pixels: channels == 4 ? compositeOverWhite(pixels) : pixels)
}

/// RGB of RGBA pixels before a white background: `colour * opacity + 255 * (1 - opacity)`, rounded.
private func compositeOverWhite(_ samples: [UInt8]) -> [UInt8] {
  let count = samples.count / 4
  return [UInt8](unsafeUninitializedCapacity: count * 3) { rgb, initialized in
    for pixel in 0..<count {
      let opacity = UInt32(samples[4 * pixel + 3])
      for channel in 0..<3 {
        let colour = UInt32(samples[4 * pixel + channel])
        rgb[3 * pixel + channel] = UInt8(divideBy255(colour * opacity + 255 * (255 - opacity)))
      }
    }
    initialized = count * 3
  }
}

extension Image {
  /// The bytes of a PNG file, lossless.
  ///
  /// - Throws: ``ImageError`` when a side is longer than libpng writes, one million pixels.
  public func png() throws(ImageError) -> [UInt8] {
    let (width, height) = (Int32(clamping: width), Int32(clamping: height))
    var message = CodecMessage(size: KILIM_PNG_MESSAGE_SIZE)
    var status = KILIM_PNG_REFUSED
    let capacity = kilim_png_encoded_capacity(width, height)
    let bytes = [UInt8](unsafeUninitializedCapacity: capacity) { buffer, initialized in
      var count = capacity
      status = kilim_png_encode(pixels, width, height, buffer.baseAddress, &count, &message.text)
      initialized = status == KILIM_PNG_COMPLETE ? count : 0
    }
    guard status == KILIM_PNG_COMPLETE else {
      throw ImageError(
        path: "PNG of \(width) x \(height) pixels", found: "\(message)", expected: "sides that libpng writes")
    }
    return bytes
  }
}
