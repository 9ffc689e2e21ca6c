extension StringProtocol {
  /// The text without white space at its ends.
  package var trimmed: String {
    // Code points: a space before an accent is one `Character` with it.
    let scalars = String(self).unicodeScalars
    guard let first = scalars.firstIndex(where: { !$0.properties.isWhitespace }),
      let last = scalars.lastIndex(where: { !$0.properties.isWhitespace })
    else { return "" }
    return String(scalars[first...last])
  }
}
