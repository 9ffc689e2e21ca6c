import CCairo

/// The method for drawing an image at another size.
public enum Interpolation: Hashable, Sendable {
  /// The colour of the nearest pixel: enlarged pixels become sharp squares.
  case nearest
  /// Bilinear interpolation for enlarging, averages for reducing.
  case smooth
}

/// Images.
extension Canvas {
  /// Draws an image so that it fills `frame`.
  public func draw(_ image: Bitmap, in frame: Rectangle, interpolation: Interpolation = .smooth) {
    guard frame.width > 0, frame.height > 0 else { return }
    // A viewer of SVG or PDF blurs an enlarged image; sharp pixels go into those files as blocks of pixels.
    let isVector = format != .png
    let repeats = isVector && interpolation == .nearest ? image.repeats(toFill: frame.size) : 1
    let source = image.makeSurface(repeating: repeats)
    defer { cairo_surface_destroy(source) }
    withState {
      clip(to: .rectangle(frame))
      translate(x: frame.x, y: frame.y)
      scale(x: frame.width / Double(repeats * image.width), y: frame.height / Double(repeats * image.height))
      cairo_set_source_surface(context, source, 0, 0)
      let pattern = cairo_get_source(context)
      cairo_pattern_set_filter(pattern, interpolation == .nearest ? CAIRO_FILTER_NEAREST : CAIRO_FILTER_GOOD)
      // Keeps the edges of the image sharp. In the vector formats they are always sharp.
      if !isVector { cairo_pattern_set_extend(pattern, CAIRO_EXTEND_PAD) }
      cairo_paint(context)
    }
  }

  /// The pixels of a PNG canvas over `background`.
  ///
  /// - Throws: `DrawingError.cairo` if an earlier drawing failed, or if the canvas has no pixels since it makes SVG or
  ///   PDF.
  public func bitmap(over background: Color = .white) throws -> Bitmap {
    try check("read the pixels")
    cairo_surface_flush(surface)
    guard let data = cairo_image_surface_get_data(surface) else {
      throw DrawingError.cairo(operation: "read the pixels", reason: "a vector canvas has none")
    }
    let width = Int(cairo_image_surface_get_width(surface))
    let height = Int(cairo_image_surface_get_height(surface))
    let stride = Int(cairo_image_surface_get_stride(surface))
    let ground = background.bytes.map { UInt32($0) }
    let rgb = [UInt8](unsafeUninitializedCapacity: 3 * width * height) { rgb, count in
      for y in 0..<height {
        for x in 0..<width {
          // 0xAARRGGBB in the byte order of the machine, the colours already multiplied by alpha.
          let pixel = UnsafeRawPointer(data + y * stride + 4 * x).load(as: UInt32.self)
          let uncovered = 255 - pixel >> 24
          for channel in 0..<3 {
            let covered = pixel >> UInt32(16 - 8 * channel) & 0xFF
            rgb[count] = UInt8(min(255, covered + (uncovered * ground[channel] + 127) / 255))
            count += 1
          }
        }
      }
    }
    return Bitmap(width: width, height: height, rgb: rgb)
  }
}

extension Bitmap {
  /// How often each pixel is repeated so that `size` gets two pixels per unit: at most 64 times, and at most to 16
  /// million pixels.
  fileprivate func repeats(toFill size: Canvas.Size) -> Int {
    let enlargement = min(size.width / Double(width), size.height / Double(height))
    let largest = (16e6 / Double(width * height)).squareRoot().rounded(.down)
    return max(1, Int(min(64, 2 * enlargement, largest).rounded(.up)))
  }

  /// A cairo surface in which each pixel is repeated `repeats` times horizontally and vertically. The caller owns it.
  fileprivate func makeSurface(repeating repeats: Int) -> OpaquePointer? {
    let (columns, rows) = (repeats * width, repeats * height)
    let surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, Int32(clamping: columns), Int32(clamping: rows))
    // If cairo refuses the size, there is no data. Drawing the surface then passes its error on to the canvas.
    guard let data = cairo_image_surface_get_data(surface) else { return surface }
    let stride = Int(cairo_image_surface_get_stride(surface))
    for y in 0..<rows {
      for x in 0..<columns {
        let first = 3 * (y / repeats * width + x / repeats)
        let pixel = UInt32(rgb[first]) << 16 | UInt32(rgb[first + 1]) << 8 | UInt32(rgb[first + 2])
        UnsafeMutableRawPointer(data + y * stride + 4 * x).storeBytes(of: pixel, as: UInt32.self)
      }
    }
    cairo_surface_mark_dirty(surface)
    return surface
  }
}
