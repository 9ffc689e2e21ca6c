/// Texts for a terminal.
extension String {
  /// The text with control characters written as escapes, `\u{1B}`, so that a name cannot move the cursor or break a
  /// line.
  package var withoutControls: String {
    guard unicodeScalars.contains(where: \.isControl) else { return self }
    return unicodeScalars.reduce(into: "") { text, scalar in
      text += scalar.isControl ? "\\u{\(String(scalar.value, radix: 16, uppercase: true))}" : String(scalar)
    }
  }

  /// The number of columns of the text in a terminal: 2 for wide characters (East Asian, emoji), 0 for marks that are
  /// drawn on the character before.
  package var columnCount: Int { unicodeScalars.reduce(0) { $0 + $1.columnCount } }

  /// The longest beginning of the text that fits into a number of columns.
  package func prefix(columns: Int) -> String {
    var (result, left) = ("", columns)
    for character in self {
      left -= String(character).columnCount
      if left < 0 { break }
      result.append(character)
    }
    return result
  }
}

extension Unicode.Scalar {
  /// Whether the scalar controls the terminal or the direction of the text instead of being shown.
  fileprivate var isControl: Bool {
    switch properties.generalCategory {
    case .control, .lineSeparator, .paragraphSeparator: true
    case .format: (0x202A...0x202E).contains(value) || (0x2066...0x2069).contains(value)
    default: false
    }
  }

  fileprivate var columnCount: Int {
    switch properties.generalCategory {
    case .nonspacingMark, .enclosingMark, .format, .control: return 0
    default: break
    }
    let wide = [
      0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x4DBF, 0x4E00...0xA4CF, 0xA960...0xA97F, 0xAC00...0xD7A3,
      0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x1F900...0x1F9FF,
      0x20000...0x3FFFD,
    ]
    return properties.isEmojiPresentation || wide.contains { $0.contains(Int(value)) } ? 2 : 1
  }
}
