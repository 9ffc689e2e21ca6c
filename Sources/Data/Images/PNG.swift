import CPNG

/// Decodes a PNG of any colour type and depth. Gamma is not applied.
func decodePNG(_ bytes: [UInt8], _ settings: DecodingSettings) throws(ImageRefusal) -> StoredImage {
  let chunks = PNGChunks(bytes)
  if chunks.isCgBI { throw ImageRefusal(found: "a PNG in Apple's form for iPhones (CgBI)", expected: "a standard PNG") }
  var header = kilim_png_header()
  var message = CodecMessage(size: KILIM_PNG_MESSAGE_SIZE)
  guard kilim_png_read_header(bytes, bytes.count, &header, &message.text) == KILIM_PNG_COMPLETE else {
    throw ImageRefusal(found: "an unusable PNG: \(message)")
  }
  let (width, height, channels) = (Int(header.width), Int(header.height), Int(header.channels))
  try settings.limits.check(width: width, height: height)

  var status = KILIM_PNG_REFUSED
  let pixels = [UInt8](unsafeUninitializedCapacity: width * height * channels) { buffer, initialized in
    // What a file that is cut off leaves out is background.
    if channels == 4 { buffer.initialize(repeating: 0) } else { settings.background.fill(buffer) }
    status = kilim_png_decode(bytes, bytes.count, buffer.baseAddress, buffer.count, &message.text)
    initialized = buffer.count
  }
  guard status != KILIM_PNG_REFUSED else { throw ImageRefusal(found: "an unusable PNG: \(message)") }
  let damage = ImageRefusal(found: "a damaged PNG: \(message)", expected: "a PNG with all its data")
  return StoredImage(
    size: ImageSize(height: height, width: width), samples: pixels, kind: channels == 4 ? .rgba : .rgb,
    orientation: chunks.orientation, damage: status == KILIM_PNG_DAMAGED ? damage : nil,
    profile: settings.profiles == .converting ? chunks.profile : nil)
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
