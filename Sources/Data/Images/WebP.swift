import CWebP

/// Decodes a WebP, lossy or lossless, with or without opacity; of an animation, the first frame on its canvas.
func decodeWebP(_ bytes: [UInt8], _ settings: DecodingSettings) throws(ImageRefusal) -> StoredImage {
  try bytes.withUnsafeBufferPointer { bytes throws(ImageRefusal) in
    let container = try WebPContainer(bytes)
    let canvas = container.canvas
    try settings.limits.check(width: canvas.width, height: canvas.height)
    let frame = try container.firstFrame()
    var damage: ImageRefusal?
    var status = VP8_STATUS_OK
    // Rows that a file that is cut off leaves out are transparent.
    let samples = [UInt8](unsafeUninitializedCapacity: canvas.height * canvas.width * 4) { target, initialized in
      target.initialize(repeating: 0)
      initialized = target.count
      status = frame.decode(into: target, canvas: canvas)
    }
    if status != VP8_STATUS_OK || !frame.isComplete {
      damage = ImageRefusal(found: "a damaged WebP: \(describe(status))", expected: "a WebP with all its data")
    }
    return StoredImage(
      size: canvas, samples: samples, kind: .rgba, orientation: container.orientation, damage: damage,
      profile: settings.profiles == .converting ? container.profile : nil)
  }
}

private func describe(_ status: VP8StatusCode) -> String {
  switch status {
  case VP8_STATUS_OUT_OF_MEMORY: "out of memory"
  case VP8_STATUS_OK, VP8_STATUS_SUSPENDED, VP8_STATUS_NOT_ENOUGH_DATA: "premature end of file"
  case VP8_STATUS_UNSUPPORTED_FEATURE: "a feature that libwebp does not support"
  default: "the data make no sense"
  }
}
