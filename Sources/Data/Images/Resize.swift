/// How a picture is resized: which source pixels contribute to a target pixel, and their weights.
///
/// | filter | plain: OpenCV's | antialiased: Pillow's |
/// |---|---|---|
/// | `nearest` | `INTER_NEAREST` | `NEAREST` |
/// | `bilinear` | `INTER_LINEAR` | `BILINEAR` |
/// | `area` | `INTER_AREA` | `BOX` |
/// | `bicubic` | `INTER_CUBIC`, a = -0.75 | `BICUBIC`, a = -0.5 |
/// | `lanczos` | `INTER_LANCZOS4`, 8 pixels | `LANCZOS`, 6 pixels |
///
/// A plain filter has a fixed width. When a picture shrinks by more than that, the filter skips pixels, which shows as
/// noise in fine patterns. An antialiased filter is widened by the reduction, so that every pixel contributes. Two
/// filters differ: plain `area` weights every pixel by the part of it that is covered, and `nearest` takes a single
/// pixel, left of the centre in OpenCV and at the centre in Pillow.
///
/// If the height shrinks, antialiased bilinear and area combine rows first, and round once at the end. Their weights
/// are never negative, so the order matters no more than Pillow's rounding between its passes. The other filters
/// combine columns first, and round and limit values between the passes. Pillow does the same: always up to version 12,
/// and in later versions unless the height shrinks and the width grows.
public struct Resize: Hashable, Codable, Sendable, RawRepresentable, CaseIterable {
  /// The weights of pixels by their distance.
  public enum Filter: String, Hashable, Codable, Sendable, CaseIterable {
    /// A single pixel.
    case nearest
    /// A triangle.
    case bilinear
    /// All pixels have the same weight.
    case area
    /// Two cubic pieces, negative at the outside: sharper; values beyond 0 and 255 at edges are clipped.
    case bicubic
    /// A windowed sine: the sharpest, and the slowest.
    case lanczos
  }

  /// The curve.
  public let filter: Filter
  /// Whether the filter is widened by the reduction.
  public let antialiased: Bool

  /// OpenCV's default: interpolates the four nearest pixels.
  public static let bilinear = Resize(.bilinear, antialiased: false)
  /// Every pixel contributes: the default.
  public static let bilinearAntialiased = Resize(.bilinear, antialiased: true)
  /// Every filter, plain and antialiased.
  public static let allCases = Filter.allCases.flatMap { filter in
    [false, true].map { Resize(filter, antialiased: $0) }
  }

  private static let suffix = "Antialiased"

  /// Makes a way to resize.
  public init(_ filter: Filter, antialiased: Bool) {
    self.filter = filter
    self.antialiased = antialiased
  }

  /// Finds a way to resize by its name in files, such as `bicubic` or `bilinearAntialiased`.
  public init?(rawValue: String) {
    let antialiased = rawValue.hasSuffix(Self.suffix)
    guard let filter = Filter(rawValue: antialiased ? String(rawValue.dropLast(Self.suffix.count)) : rawValue) else {
      return nil
    }
    self.init(filter, antialiased: antialiased)
  }

  /// The name in files.
  public var rawValue: String { filter.rawValue + (antialiased ? Self.suffix : "") }
}
