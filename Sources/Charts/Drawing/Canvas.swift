import CCairo

/// A surface to draw on with cairo: an image of pixels, or a vector picture for SVG or PDF.
///
/// The origin is the upper left corner, `x` grows to the right and `y` downwards. What is drawn covers what was drawn
/// before.
///
/// ```swift
/// let canvas = try Canvas(width: 200, height: 100)
/// canvas.fill(.circle(center: Point(50, 50), radius: 40), with: .hex(0x0072B2))
/// canvas.text("Kilim", at: Point(100, 50), font: Font(size: 24), with: .black, anchor: TextAnchor(.left, .middle))
/// try canvas.write(to: "kilim.png")
/// ```
///
/// Drawing never throws: cairo remembers its first error and ignores later drawing. `bitmap(over:)`, `encoded()` and
/// `write(to:)` throw that error. Use a canvas on one thread at a time; different threads may draw on different
/// canvases.
public final class Canvas {
  /// The longest side that cairo can address, in pixels.
  static let largestSide = 32_767.0
  /// The most pixels of a PNG unless the caller allows more. Each takes four bytes: 256 MB.
  public static let defaultPixelLimit = 64_000_000

  /// The kind of file that the canvas makes.
  public let format: PictureFormat
  /// Width and height in the units that one draws in.
  public let size: Canvas.Size

  let surface: OpaquePointer?
  let context: OpaquePointer?
  /// Lays out the texts.
  private(set) lazy var typesetter = Typesetter()
  /// Receives the bytes of a vector picture from cairo.
  let sink: ByteSink
  /// Every text that was drawn, in order.
  var texts: [String] = []

  /// A canvas for one kind of file, covered by `background`.
  ///
  /// - Parameters:
  ///   - format: the kind of file.
  ///   - size: width and height in the units that one draws in; a unit is a point (1/72 inch) in SVG and PDF.
  ///   - scale: pixels per unit of a PNG; SVG and PDF have no pixels and ignore it.
  ///   - background: the colour of the empty canvas.
  ///   - pixelLimit: the most pixels of a PNG; each takes four bytes of memory.
  /// - Throws: `DrawingError.invalidSize`, `DrawingError.tooManyPixels` or `DrawingError.cairo`.
  public init(
    _ format: PictureFormat, size: Canvas.Size, scale: Double = 1, background: Color = .white,
    pixelLimit: Int = Canvas.defaultPixelLimit
  ) throws {
    let scale = format == .png ? scale : 1
    let pixels = [size.width, size.height].map { ($0 * scale).rounded() }
    guard pixels.allSatisfy({ $0 >= 1 && $0 <= Canvas.largestSide }) else {
      throw DrawingError.invalidSize(width: size.width * scale, height: size.height * scale)
    }
    let (width, height) = (Int(pixels[0]), Int(pixels[1]))
    if format == .png, width * height > pixelLimit {
      throw DrawingError.tooManyPixels(width: width, height: height, limit: pixelLimit)
    }
    let sink = ByteSink()
    self.format = format
    self.size = size
    self.sink = sink
    switch format {
    case .png:
      surface = cairo_image_surface_create(CAIRO_FORMAT_ARGB32, Int32(width), Int32(height))
    case .svg:
      surface = cairo_svg_surface_create_for_stream(ByteSink.append, sink.pointer, size.width, size.height)
    case .pdf:
      surface = cairo_pdf_surface_create_for_stream(ByteSink.append, sink.pointer, size.width, size.height)
    }
    context = cairo_create(surface)
    cairo_scale(context, scale, scale)
    fill(.rectangle(Rectangle(x: 0, y: 0, width: size.width, height: size.height)), with: background)
    try check("make a canvas")
  }

  /// A canvas of pixels, covered by `background`; one unit is one pixel.
  ///
  /// - Throws: `DrawingError.invalidSize`, `DrawingError.tooManyPixels` or `DrawingError.cairo`.
  public convenience init(width: Int, height: Int, background: Color = .white) throws {
    try self.init(.png, size: Canvas.Size(width: Double(width), height: Double(height)), background: background)
  }

  deinit {
    cairo_destroy(context)
    // Finished explicitly, so that the last bytes reach the sink while it still exists.
    cairo_surface_finish(surface)
    cairo_surface_destroy(surface)
  }

  /// The whole canvas.
  public var bounds: Rectangle { Rectangle(x: 0, y: 0, width: size.width, height: size.height) }

  /// Throws the first error of cairo since the canvas was made, if there is one.
  func check(_ operation: String) throws {
    for status in [cairo_surface_status(surface), cairo_status(context)] where status != CAIRO_STATUS_SUCCESS {
      throw DrawingError.cairo(operation: operation, reason: String(cString: cairo_status_to_string(status)))
    }
  }
}
