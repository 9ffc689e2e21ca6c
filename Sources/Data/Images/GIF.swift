import CGIF

/// Decodes the first frame of a GIF on its canvas.
func decodeGIF(_ bytes: [UInt8], _ settings: DecodingSettings) throws(ImageRefusal) -> StoredImage {
  try bytes.withUnsafeBufferPointer { bytes throws(ImageRefusal) in
    var source = GIFSource(bytes: bytes)
    return try withUnsafeMutablePointer(to: &source) { source throws(ImageRefusal) in
      let file = try GIFFile(source)
      let (canvas, frame) = try file.findFirstFrame(limits: settings.limits)
      var damage: ImageRefusal?
      let count = canvas.height * canvas.width * 3
      let pixels = [UInt8](unsafeUninitializedCapacity: count) { target, initialized in
        settings.background.fill(target)
        initialized = count
        source.pointee.isInPixels = true
        damage = file.decode(frame, into: target, canvasWidth: canvas.width)
      }
      return StoredImage(size: canvas, samples: pixels, kind: .rgb, damage: damage)
    }
  }
}

/// Where giflib reads.
private struct GIFSource {
  let bytes: UnsafeBufferPointer<UInt8>
  var position = 0
  /// Whether the pixels of a picture are being read.
  var isInPixels = false

  /// Copies the next bytes of the file, fewer where it ends.
  ///
  /// After the last pixel, giflib reads on to the zero that ends the data of a picture. A file that ends before this
  /// zero still has every pixel. So the zero is added where a block of pixels would begin.
  mutating func read(into target: UnsafeMutableBufferPointer<UInt8>) -> Int {
    let part = bytes[position...].prefix(target.count)
    if part.isEmpty, isInPixels, target.count == 1 {
      target[0] = 0
      return 1
    }
    position += part.count
    return target.update(fromContentsOf: part)
  }
}

/// One picture of a GIF: its place on the canvas, and its colours.
private struct GIFFrame {
  let top: Int
  let left: Int
  let height: Int
  let width: Int
  let isInterlaced: Bool
  let transparent: Int
  let colours: UnsafeBufferPointer<GifColorType>

  /// The rows in the order of the file: an interlaced picture comes in four passes.
  var rows: [Int] {
    guard isInterlaced else { return Array(0..<height) }
    return [(0, 8), (4, 8), (2, 4), (1, 2)].flatMap { Array(stride(from: $0.0, to: height, by: $0.1)) }
  }
}

/// An open GIF.
private struct GIFFile: ~Copyable {
  private let file: UnsafeMutablePointer<GifFileType>

  /// `source` must stay where it is as long as the file is open.
  init(_ source: UnsafeMutablePointer<GIFSource>) throws(ImageRefusal) {
    var code: Int32 = 0
    let opened = DGifOpen(
      source,
      { file, target, count in
        guard let source = file?.pointee.UserData?.assumingMemoryBound(to: GIFSource.self), let target else { return 0 }
        return Int32(source.pointee.read(into: UnsafeMutableBufferPointer(start: target, count: Int(max(count, 0)))))
      }, &code)
    guard let opened else { throw ImageRefusal(found: "an unusable GIF: \(describe(code))") }
    file = opened
  }

  deinit {
    DGifCloseFile(file, nil)
  }

  /// Reads as far as the header of the first picture.
  func findFirstFrame(limits: ImageLimits) throws(ImageRefusal) -> (canvas: ImageSize, frame: GIFFrame) {
    var transparent = -1
    var record = UNDEFINED_RECORD_TYPE
    while DGifGetRecordType(file, &record) == GIF_OK {
      if record == EXTENSION_RECORD_TYPE {
        try readExtension(&transparent)
      } else if record == IMAGE_DESC_RECORD_TYPE {
        guard DGifGetImageDesc(file) == GIF_OK else { break }
        return try describeFrame(transparent: transparent, limits: limits)
      } else if record == TERMINATE_RECORD_TYPE {
        throw ImageRefusal(found: "a GIF without a picture")
      }
    }
    throw ImageRefusal(found: "an unusable GIF: \(describe(file.pointee.Error))")
  }

  private func readExtension(_ transparent: inout Int) throws(ImageRefusal) {
    var code: Int32 = 0
    var block: UnsafeMutablePointer<GifByteType>?
    var status = DGifGetExtension(file, &code, &block)
    while status == GIF_OK, let content = block {
      var control = GraphicsControlBlock()
      if code == GRAPHICS_EXT_FUNC_CODE, DGifExtensionToGCB(Int(content[0]), content + 1, &control) == GIF_OK {
        transparent = Int(control.TransparentColor)
      }
      status = DGifGetExtensionNext(file, &block)
    }
    guard status == GIF_OK else { throw ImageRefusal(found: "an unusable GIF: \(describe(file.pointee.Error))") }
  }

  private func describeFrame(
    transparent: Int, limits: ImageLimits
  ) throws(ImageRefusal) -> (canvas: ImageSize, frame: GIFFrame) {
    let image = file.pointee.Image
    let (top, left, height, width) = (Int(image.Top), Int(image.Left), Int(image.Height), Int(image.Width))
    guard height > 0, width > 0, top >= 0, left >= 0 else {
      throw ImageRefusal(found: "a GIF of \(width) x \(height) pixels")
    }
    // A frame that reaches beyond the canvas widens it, as browsers do.
    let canvasHeight = max(Int(file.pointee.SHeight), top + height)
    let canvasWidth = max(Int(file.pointee.SWidth), left + width)
    try limits.check(width: canvasWidth, height: canvasHeight)
    guard let map = image.ColorMap ?? file.pointee.SColorMap, let colours = map.pointee.Colors else {
      throw ImageRefusal(found: "a GIF without colours")
    }
    let frame = GIFFrame(
      top: top, left: left, height: height, width: width, isInterlaced: image.Interlace, transparent: transparent,
      colours: UnsafeBufferPointer(start: colours, count: Int(map.pointee.ColorCount)))
    return (ImageSize(height: canvasHeight, width: canvasWidth), frame)
  }

  /// Decodes the pixels of a frame, as far as the data go.
  ///
  /// - Returns: what is wrong with them.
  func decode(
    _ frame: GIFFrame, into pixels: UnsafeMutableBufferPointer<UInt8>, canvasWidth: Int
  ) -> ImageRefusal? {
    var indices = [GifPixelType](repeating: 0, count: frame.width)
    for row in frame.rows {
      guard DGifGetLine(file, &indices, Int32(frame.width)) == GIF_OK else {
        return ImageRefusal(
          found: "a damaged GIF: \(describe(file.pointee.Error))", expected: "a GIF with all its data")
      }
      for (column, index) in indices.enumerated() where index != frame.transparent && index < frame.colours.count {
        let colour = frame.colours[Int(index)]
        let place = 3 * ((frame.top + row) * canvasWidth + frame.left + column)
        (pixels[place], pixels[place + 1], pixels[place + 2]) = (colour.Red, colour.Green, colour.Blue)
      }
    }
    return nil
  }
}

private func describe(_ code: Int32) -> String {
  GifErrorString(code).map { String(cString: $0).lowercased() } ?? "the data make no sense"
}
