/// A font: family, size, weight and slant.
public struct Font: Hashable, Sendable {
  /// The thickness of the strokes.
  public enum Weight: Hashable, Sendable {
    /// For running text.
    case normal
    /// For titles.
    case bold
  }

  /// A family that fontconfig knows. `sans`, `serif` and `monospace` are always available. Letters that the family does
  /// not have come from other installed fonts.
  public var family: String
  /// The height of a line without leading (the em), in the units of the canvas.
  public var size: Double
  /// The thickness of the strokes.
  public var weight: Weight
  /// Whether the letters are slanted.
  public var isItalic: Bool

  /// A font of `size` canvas units.
  public init(family: String = "sans", size: Double, weight: Weight = .normal, isItalic: Bool = false) {
    self.family = family
    self.size = size
    self.weight = weight
    self.isItalic = isItalic
  }
}

/// The size of a line of text, in the units of the canvas.
public struct TextExtents: Hashable, Sendable {
  /// The width of the line.
  public var width: Double
  /// The height of the font's tall letters above the baseline, the same for every text.
  public var ascent: Double
  /// The depth of the font's lowest letters below the baseline, the same for every text.
  public var descent: Double
  /// The height of a digit.
  public var digitHeight: Double

  /// The height of the line: `ascent + descent`.
  public var height: Double { ascent + descent }
}

/// The part of a text that is at the point where the text is drawn.
public struct TextAnchor: Hashable, Sendable {
  /// The horizontal part.
  public enum Horizontal: Hashable, Sendable {
    /// The left end of the line, its middle or its right end.
    case left, center, right
  }

  /// The vertical part.
  public enum Vertical: Hashable, Sendable {
    /// The top of tall letters, half the height of a digit, the baseline, or the bottom of the lowest letters.
    case top, middle, baseline, bottom
  }

  /// The horizontal part.
  public var horizontal: Horizontal
  /// The vertical part.
  public var vertical: Vertical

  /// An anchor; the default is the left end of the baseline.
  public init(_ horizontal: Horizontal = .left, _ vertical: Vertical = .baseline) {
    self.horizontal = horizontal
    self.vertical = vertical
  }
}
