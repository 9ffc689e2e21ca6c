/// An image of pixels: one byte each for red, green and blue, row by row from the upper left.
public struct Bitmap: Hashable, Sendable {
  /// The number of pixels in a row.
  public let width: Int
  /// The number of rows.
  public let height: Int
  /// `3 * width * height` bytes, tightly packed: R, G, B, R, G, B, …
  public let rgb: [UInt8]

  /// An image of `width` × `height` pixels. Stops the program unless both are at least 1 and `rgb` has three bytes for each
  /// pixel.
  public init(width: Int, height: Int, rgb: [UInt8]) {
    guard width > 0, height > 0, rgb.count == 3 * width * height else {
      fatalError("Bitmap: \(width) x \(height) pixels need three bytes each, found \(rgb.count) bytes")
    }
    self.width = width
    self.height = height
    self.rgb = rgb
  }

  /// The colour of the pixel in column `x` and row `y`, both counted from 0 at the upper left.
  public subscript(x: Int, y: Int) -> Color {
    let first = 3 * (y * width + x)
    return Color(hex: UInt32(rgb[first]) << 16 | UInt32(rgb[first + 1]) << 8 | UInt32(rgb[first + 2]))
  }
}
