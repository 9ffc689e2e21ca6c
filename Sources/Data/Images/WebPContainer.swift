import CWebP

/// The parts of a WebP file: a canvas, frames, EXIF.
struct WebPContainer: ~Copyable {
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

  /// Whether some pixels may be transparent.
  var hasOpacity: Bool {
    if WebPDemuxGetI(demuxer, WEBP_FF_FORMAT_FLAGS) & UInt32(ALPHA_FLAG.rawValue) != 0 { return true }
    var iterator = WebPIterator()
    defer { WebPDemuxReleaseIterator(&iterator) }
    return WebPDemuxGetFrame(demuxer, 1, &iterator) != 0 && iterator.has_alpha != 0
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

  var orientation: Orientation { chunk("EXIF").flatMap { Orientation(exif: $0[...]) } ?? .upright }

  /// The colour profile.
  var profile: [UInt8]? { chunk("ICCP").flatMap { $0.count <= ColourProfile.largest ? $0 : nil } }

  /// The content of the first chunk of a name.
  private func chunk(_ name: String) -> [UInt8]? {
    var iterator = WebPChunkIterator()
    defer { WebPDemuxReleaseChunkIterator(&iterator) }
    guard WebPDemuxGetChunk(demuxer, name, 1, &iterator) != 0 else { return nil }
    return Array(UnsafeBufferPointer(start: iterator.chunk.bytes, count: iterator.chunk.size))
  }
}

/// One picture of a WebP file and its place on the canvas.
struct WebPFrame {
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
