/// What a file says of its picture before the pixels: for lists and checks of many files.
public struct ImageHeader: Hashable, Sendable {
  /// How the samples of a file are to be read.
  public enum ColourModel: String, Hashable, Codable, Sendable, CaseIterable {
    /// Lightness alone.
    case gray
    /// Lightness and opacity.
    case grayAlpha
    /// Numbers of colours in a table, some of which may be transparent.
    case palette
    /// Red, green, blue; in a JPEG and a lossy WebP stored as lightness and two colour differences.
    case rgb
    /// Red, green, blue and opacity.
    case rgba
    /// The four inks of a press, plain or as YCCK.
    case cmyk
  }

  /// The format of the file.
  public let format: ImageFormat
  /// Pixels in a row, of the picture as it is shown.
  public let width: Int
  /// Rows, of the picture as it is shown.
  public let height: Int
  /// How the samples are to be read.
  public let colours: ColourModel
  /// Bits in a sample; in a palette, of a number in it.
  public let bitDepth: Int
  /// How the stored picture is turned before it is shown. Height and width are those after it.
  public let orientation: Orientation
}
