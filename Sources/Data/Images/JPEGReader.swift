import CJPEG
import CKernels

/// A JPEG on its way through libjpeg-turbo: RGB rows from the top, accurate inverse transform, smoothed chroma.
struct JPEGReader: ~Copyable {
  /// The value of missing pixels if the file ends too early, as in libjpeg.
  private static let missing: UInt8 = 128

  /// Height and width of the picture in the file, before it is turned.
  let size: ImageSize
  private let codec: JPEGCodec
  private let channels: Int
  /// Whether rows of a CMYK picture keep their four samples, which are inverted, instead of being converted to RGB.
  var keepsInks = false
  private var output = ImageSize(square: 1)
  /// The next row that the codec delivers, and whether it can.
  private var next = 0
  private var hasFailed = false
  /// One row as the codec delivers it, and two bytes more.
  private var line = RowBuffer(count: 1)

  /// Reads the header. `bytes` must stay where they are as long as the reader is used.
  init(_ bytes: UnsafeBufferPointer<UInt8>, limits: ImageLimits) throws(ImageRefusal) {
    let codec = try JPEGCodec()
    var header = kilim_jpeg_header()
    guard kilim_jpeg_decoder_open(codec.pointer, bytes.baseAddress, bytes.count, &header) == KILIM_JPEG_COMPLETE else {
      throw ImageRefusal(found: "an unusable JPEG: \(codec.message)")
    }
    try limits.check(width: Int(header.width), height: Int(header.height))
    size = ImageSize(height: Int(header.height), width: Int(header.width))
    channels = Int(header.channels)
    self.codec = codec
  }

  /// The samples of a pixel in a row.
  var rowChannels: Int { channels == 4 && keepsInks ? 4 : 3 }

  /// Begins to decode, with one pixel for `reduction` (1, 2, 4 or 8) along each axis.
  mutating func start(reduction: Int = 1) throws(ImageRefusal) {
    guard kilim_jpeg_decoder_start(codec.pointer, Int32(reduction)) == KILIM_JPEG_COMPLETE else {
      throw ImageRefusal(found: "an unusable JPEG: \(codec.message)")
    }
    output = size.reduced(by: reduction)
    line = RowBuffer(count: output.width * channels + 2)
  }

  /// Decodes the whole picture to planes, with one pixel for `reduction` along each axis. Parts that the file does not
  /// hold are gray.
  ///
  /// - Returns: nil where the colour differences are stored coarser than that, or others than these; the picture is
  ///   then still to be decoded row by row.
  mutating func planes(reduction: Int) throws(ImageRefusal) -> ColourPlanes? {
    var layout = kilim_jpeg_planes()
    guard
      kilim_jpeg_decoder_start_planes(codec.pointer, Int32(reduction), Int32(KILIM_ROW_STEP), &layout)
        == KILIM_JPEG_COMPLETE
    else { throw ImageRefusal(found: "an unusable JPEG: \(codec.message)") }
    guard layout.stride > 0 else { return nil }
    output = size.reduced(by: reduction)
    let planes = ColourPlanes(stride: Int(layout.stride), rows: Int(layout.rows))
    next = Int(kilim_jpeg_decoder_read_planes(codec.pointer, planes.bytes.baseAddress, &layout))
    hasFailed = next < output.height
    return planes
  }

  /// A row of RGB pixels, and two bytes more that may be read. Valid until the next call.
  ///
  /// - Parameter index: not less than the one after the last row asked for. Rows between are passed over.
  mutating func row(_ index: Int) -> UnsafePointer<UInt8> {
    skip(to: index)
    if !hasFailed {
      hasFailed = kilim_jpeg_decoder_read(codec.pointer, line.bytes.baseAddress, line.bytes.count, 1) != 1
      if hasFailed { line.bytes.update(repeating: Self.missing) } else { next += 1 }
      if channels == 4 && !keepsInks && !hasFailed { convertInvertedCMYK(line.bytes, count: output.width) }
    }
    return UnsafePointer(line.start)
  }

  private mutating func skip(to index: Int) {
    guard index > next, !hasFailed else { return }
    hasFailed = kilim_jpeg_decoder_skip(codec.pointer, Int32(index - next)) != index - next
    next = index
  }

  /// Reads what was not asked for.
  ///
  /// - Returns: what is wrong with the file, nil when it is whole.
  /// - Throws: ``ImageRefusal`` when the file holds no row at all.
  mutating func finish() throws(ImageRefusal) -> ImageRefusal? {
    // Skipping the last row would leave the data unread.
    if next < output.height { _ = row(output.height - 1) }
    if !hasFailed && kilim_jpeg_decoder_finish(codec.pointer) == KILIM_JPEG_COMPLETE { return nil }
    guard next > 0 else { throw ImageRefusal(found: "an unusable JPEG: \(codec.message)") }
    return ImageRefusal(found: "a damaged JPEG: \(codec.message)", expected: "a JPEG with all its data")
  }
}

/// Memory for one row that is read as soon as it is written.
///
/// If a row begins at a multiple of 16 or 32 bytes, libjpeg-turbo writes it directly to memory, not to the cache.
/// Reading it back then takes as long as a third of the decoding. So this row begins at another address.
private struct RowBuffer: ~Copyable {
  private static let (alignment, shift) = (64, 8)

  private let memory: UnsafeMutableRawPointer
  let start: UnsafeMutablePointer<UInt8>
  let bytes: UnsafeMutableBufferPointer<UInt8>

  init(count: Int) {
    memory = .allocate(byteCount: count + Self.shift, alignment: Self.alignment)
    start = (memory + Self.shift).initializeMemory(as: UInt8.self, repeating: 0, count: count)
    bytes = UnsafeMutableBufferPointer(start: start, count: count)
  }

  deinit {
    memory.deallocate()
  }
}

/// A decoder of libjpeg-turbo with its memory.
private struct JPEGCodec: ~Copyable {
  let pointer: OpaquePointer

  init() throws(ImageRefusal) {
    guard let pointer = kilim_jpeg_decoder_create() else {
      throw ImageRefusal(found: "no memory for a JPEG decoder")
    }
    self.pointer = pointer
  }

  deinit {
    kilim_jpeg_decoder_destroy(pointer)
  }

  var message: String { String(cString: kilim_jpeg_decoder_message(pointer)) }
}

/// Converts CMYK samples to RGB. The samples are inverted (light, not ink), as Photoshop and nearly all other programs
/// write them: `R = C K / 255`, rounded. Pillow reads every CMYK JPEG in this way, with or without Adobe's marker.
private func convertInvertedCMYK(_ samples: UnsafeMutableBufferPointer<UInt8>, count: Int) {
  for pixel in 0..<count {
    let key = UInt32(samples[4 * pixel + 3])
    for channel in 0..<3 {
      let ink = 255 - UInt32(samples[4 * pixel + channel])
      samples[3 * pixel + channel] = UInt8(key - divideBy255(ink * key))
    }
  }
}
