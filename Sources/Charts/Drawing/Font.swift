/// The looks of letters.
public struct Font: Hashable, Sendable {
  /// How heavy the strokes are.
  public enum Weight: Hashable, Sendable {
    /// As in running text.
    case normal
    /// As in titles.
    case bold
  }

  /// A family that fontconfig knows; `sans`, `serif` and `monospace` always stand for some installed one.
  public var family: String
  /// The height of a line without leading (the em), in the units of the canvas.
  public var size: Double
  /// How heavy the strokes are.
  public var weight: Weight
  /// Whether the letters lean.
  public var isItalic: Bool

  /// A font of `size` canvas units.
  public init(family: String = "sans", size: Double, weight: Weight = .normal, isItalic: Bool = false) {
    self.family = family
    self.size = size
    self.weight = weight
    self.isItalic = isItalic
  }
}

/// What a line of text measures, in the units of the canvas.
public struct TextExtents: Hashable, Sendable {
  /// From where the line begins to where a next word would begin.
  public var width: Double
  /// From the baseline up to the top of the font's tall letters, the same for every text.
  public var ascent: Double
  /// From the baseline down to the foot of the font's deep letters, the same for every text.
  public var descent: Double
  /// From the baseline up to the top of a digit.
  public var digitHeight: Double

  /// From the top of tall letters to the foot of deep ones.
  public var height: Double { ascent + descent }
}

/// Which part of a text lies at the point that it is drawn at.
public struct TextAnchor: Hashable, Sendable {
  /// The part of the line along which it is anchored.
  public enum Horizontal: Hashable, Sendable {
    /// The beginning of the line, its middle or its end.
    case left, center, right
  }

  /// The height in the line at which it is anchored.
  public enum Vertical: Hashable, Sendable {
    /// The top of tall letters, half the height of a digit, the baseline, or the foot of deep letters.
    case top, middle, baseline, bottom
  }

  /// Along the line.
  public var horizontal: Horizontal
  /// Across the line.
  public var vertical: Vertical

  /// An anchor; the beginning of the baseline unless told otherwise.
  public init(_ horizontal: Horizontal = .left, _ vertical: Vertical = .baseline) {
    self.horizontal = horizontal
    self.vertical = vertical
  }
}
