import CJPEG
import Glibc

/// Decodes a JPEG at its full size.
func decodeJPEG(_ bytes: [UInt8], _ settings: DecodingSettings) throws(ImageRefusal) -> StoredImage {
  let header = JPEGHeader(bytes)
  try header.checkKind()
  let profile = settings.profiles == .converting ? header.profile : nil
  return try bytes.withUnsafeBufferPointer { bytes throws(ImageRefusal) in
    var reader = try JPEGReader(bytes, limits: settings.limits)
    // A profile of inks needs all four of them.
    reader.keepsInks = profile != nil
    try reader.start()
    let size = reader.size
    let stride = size.width * reader.rowChannels
    let pixels = [UInt8](unsafeUninitializedCapacity: size.height * stride) { target, initialized in
      for row in 0..<size.height {
        let line = UnsafeBufferPointer(start: reader.row(row), count: stride)
        _ = target[(row * stride)...].update(fromContentsOf: line)
      }
      initialized = target.count
    }
    let damage = try reader.finish()
    return StoredImage(
      size: size, samples: pixels, kind: reader.rowChannels == 4 ? .invertedCMYK : .rgb,
      orientation: header.orientation, damage: damage, profile: profile)
  }
}

/// Decodes a JPEG and resizes it row by row on the way; the large picture is never in memory.
///
/// - Returns: the picture as a viewer shows it, and what is wrong with the file; `nil` if its colours are to be converted, for
///   which the whole picture is needed.
func decodeJPEG(
  _ bytes: [UInt8], resizing preprocessing: Preprocessing, limits: ImageLimits
) throws(ImageRefusal) -> (image: Image, damage: ImageRefusal?)? {
  let header = JPEGHeader(bytes)
  try header.checkKind()
  if preprocessing.profiles == .converting, let profile = header.profile,
    let space = try ColourProfile.space(of: profile), (space == .cmyk) == (header.components == 4)
  {
    return nil
  }
  return try bytes.withUnsafeBufferPointer { bytes throws(ImageRefusal) in
    var reader = try JPEGReader(bytes, limits: limits)
    let plan = ResizePlan(stored: reader.size, orientation: header.orientation, preprocessing)
    let pixels = try reader.resizedPixels(plan)
    let damage = try reader.finish()
    return (plan.finish(pixels, background: preprocessing.background), damage)
  }
}

extension JPEGReader {
  /// The pixels of the result of a plan in the order of the file.
  fileprivate mutating func resizedPixels(_ plan: ResizePlan) throws(ImageRefusal) -> [UInt8] {
    if plan.reduction > 1, let sums = plan.rowSums, let planes = try planes(reduction: plan.reduction) {
      return PlaneResizer(plan, sums).pixels(of: planes)
    }
    try start(reduction: plan.reduction)
    return RowResizer(plan).pixels { row($0) }
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
