import Serialization

/// A line of a page: pieces of text with their colours.
struct StyledLine: Hashable {
  /// The colours of a page. Cyan and yellow differ for everyone, also with a weakness for red and green.
  enum Colour: Int, Hashable {
    case green = 32
    case yellow = 33
    case cyan = 36
    case grey = 90
  }

  private struct Piece: Hashable {
    var text: String
    var colour: Colour?
    var isBold: Bool
  }

  private var pieces: [Piece] = []

  /// Makes a line of one piece.
  init(_ text: String = "", _ colour: Colour? = nil, bold: Bool = false) { append(text, colour, bold: bold) }

  /// Adds a piece. Characters that control the terminal are written as escapes.
  mutating func append(_ text: String, _ colour: Colour? = nil, bold: Bool = false) {
    guard !text.isEmpty else { return }
    pieces.append(Piece(text: text.withoutControls, colour: colour, isBold: bold))
  }

  /// Adds the pieces of another line.
  mutating func append(_ other: StyledLine) { pieces += other.pieces }

  /// The text without colours.
  var text: String { pieces.map(\.text).joined() }

  /// The number of columns.
  var columnCount: Int { pieces.reduce(0) { $0 + $1.text.columnCount } }

  /// Adds spaces up to a number of columns.
  func padded(to columns: Int) -> StyledLine {
    var line = self
    line.append(String(repeating: " ", count: max(columns - columnCount, 0)))
    return line
  }

  /// The line for a terminal, at most so many columns wide.
  func rendered(columns: Int, _ style: TextStyle) -> String {
    var (result, left) = ("", columns)
    for piece in pieces {
      let text = piece.text.prefix(columns: left)
      left -= text.columnCount
      var codes = piece.isBold ? ["1"] : []
      if style.hasColours, let colour = piece.colour { codes.append("\(colour.rawValue)") }
      result += codes.isEmpty ? text : "\u{1B}[\(codes.joined(separator: ";"))m\(text)\u{1B}[0m"
    }
    return result
  }
}
