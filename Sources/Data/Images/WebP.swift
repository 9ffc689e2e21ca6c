import CWebP

/// Decodes a WebP, lossy or lossless, with or without opacity; of an animation, the first frame on its canvas.
func decodeWebP(
  _ bytes: [UInt8], background: RGBColour, limits: ImageLimits
) throws(ImageRefusal) -> StoredImage {
  try bytes.withUnsafeBufferPointer { bytes throws(ImageRefusal) in
    let container = try WebPContainer(bytes)
    let canvas = container.canvas
    try limits.check(width: canvas.width, height: canvas.height)
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
    let pixels = composite(samples, over: background)
    return StoredImage(
      image: Image(width: canvas.width, height: canvas.height, pixels: pixels), orientation: container.orientation,
      damage: damage)
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

/// The parts of a WebP file: a canvas, frames, EXIF.
private struct WebPContainer: ~Copyable {
  private let demuxer: OpaquePointer
  let canvas: ImageSize

  init(_ bytes: UnsafeBufferPointer<UInt8>) throws(ImageRefusal) {
    var data = WebPData(bytes: bytes.baseAddress, size: bytes.count)
    var state = WEBP_DEMUX_PARSE_ERROR
    guard let demuxer = WebPDemuxPartial(&data, &state) else {
      throw ImageRefusal(found: "an unusable WebP: the header makes no sense")
    }
    let height = Int(WebPDemuxGetI(demuxer, WEBP_FF_CANVAS_HEIGHT))
    let width = Int(WebPDemuxGetI(demuxer, WEBP_FF_CANVAS_WIDTH))
    guard height > 0, width > 0 else {
      WebPDemuxDelete(demuxer)
      throw ImageRefusal(found: "an unusable WebP: premature end of file")
    }
    self.demuxer = demuxer
    canvas = ImageSize(height: height, width: width)
  }

  deinit {
    WebPDemuxDelete(demuxer)
  }

  func firstFrame() throws(ImageRefusal) -> WebPFrame {
    var iterator = WebPIterator()
    defer { WebPDemuxReleaseIterator(&iterator) }
    guard WebPDemuxGetFrame(demuxer, 1, &iterator) != 0 else {
      throw ImageRefusal(found: "an unusable WebP: no frame")
    }
    return WebPFrame(
      data: UnsafeBufferPointer(start: iterator.fragment.bytes, count: iterator.fragment.size),
      top: Int(iterator.y_offset), left: Int(iterator.x_offset), isComplete: iterator.complete != 0)
  }

  var orientation: Orientation {
    var iterator = WebPChunkIterator()
    defer { WebPDemuxReleaseChunkIterator(&iterator) }
    guard WebPDemuxGetChunk(demuxer, "EXIF", 1, &iterator) != 0 else { return .upright }
    let chunk = UnsafeBufferPointer(start: iterator.chunk.bytes, count: iterator.chunk.size)
    return Orientation(exif: Array(chunk)[...]) ?? .upright
  }
}

/// One picture of a WebP file and its place on the canvas.
private struct WebPFrame {
  let data: UnsafeBufferPointer<UInt8>
  let top: Int
  let left: Int
  let isComplete: Bool

  /// Decodes into the RGBA pixels of the canvas, as far as the data go.
  func decode(into pixels: UnsafeMutableBufferPointer<UInt8>, canvas: ImageSize) -> VP8StatusCode {
    let start = 4 * (top * canvas.width + left)
    guard start < pixels.count,
      let decoder = WebPINewRGB(
        MODE_RGBA, pixels.baseAddress! + start, pixels.count - start, Int32(4 * canvas.width))
    else { return VP8_STATUS_BITSTREAM_ERROR }
    defer { WebPIDelete(decoder) }
    return WebPIUpdate(decoder, data.baseAddress, data.count)
  }
}
