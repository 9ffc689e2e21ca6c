import Serialization

/// Texts that are cut to the room they have.
extension Canvas {
  /// The text if it is at most `width` long; otherwise its beginning and an ellipsis.
  func shorten(_ text: String, toFit width: Double, font: Font) -> String {
    shortening(toFit: width, font).shorten(text)
  }

  /// The names that are at most `width` long, and parts of the others, which stay different; see `Shortening`.
  func shorten(_ names: [String], toFit width: Double, font: Font) -> [String] {
    shortening(toFit: width, font).shorten(names)
  }

  private func shortening(toFit width: Double, _ font: Font) -> Shortening {
    Shortening { self.measure($0, font: font).width <= width }
  }
}
