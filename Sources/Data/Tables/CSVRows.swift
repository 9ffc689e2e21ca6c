import Serialization
import Tensor

/// The rows of a text of separated values: its bytes, and where each row begins.
struct CSVRows: Sendable {
  private let bytes: [UInt8]
  private let separator: UInt8
  private let path: String
  private let limits: TableLimits
  /// Where each row begins.
  private var starts: [Int] = []
  /// The number of line breaks before each block of the text, so that the line of a place is found without reading all of it.
  private let breaksBeforeBlock: [Int]

  private static let blockBytes = 4096
  private static let (quote, lineFeed, carriageReturn) = (UInt8(ascii: "\""), UInt8(ascii: "\n"), UInt8(ascii: "\r"))

  /// Finds the rows of a text.
  ///
  /// - Throws: ``TableError`` at a byte 0, text that is not UTF-8, a quote that is not closed, text after a closing
  ///   quote, or a row that is too long.
  init(_ bytes: [UInt8], separator: UInt8, path: String, limits: TableLimits) throws(TableError) {
    (self.bytes, self.separator, self.path, self.limits) = (bytes, separator, path, limits)
    var breaks = [0]
    for block in stride(from: 0, to: bytes.count, by: Self.blockBytes) {
      let end = min(block + Self.blockBytes, bytes.count)
      breaks.append(breaks[breaks.count - 1] + Self.lineBreaks(in: block..<end, of: bytes))
    }
    breaksBeforeBlock = breaks
    var position = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    while position < bytes.count {
      let start = position
      position = try endOfRow(from: start)
      // An empty line is no row.
      if bytes[start] != Self.lineFeed, bytes[start] != Self.carriageReturn { starts.append(start) }
    }
    try checkEncoding()
  }

  /// The number of rows.
  var count: Int { starts.count }

  /// Removes the first row, and returns its fields; `nil` if there is no row.
  mutating func takeFirst() -> [String]? {
    guard let first = starts.first else { return nil }
    let fields = splitting(first)
    starts.removeFirst()
    return fields.map(text)
  }

  /// Throws unless each row has so many fields.
  func check(columnCount: Int) throws(TableError) {
    for row in starts.indices {
      let found = splitting(starts[row]).count
      guard found == columnCount else {
        throw TableError(
          path: path, line: line(ofRow: row), found: counted(found, "field"), expected: "\(columnCount) as the names")
      }
    }
  }

  /// The number of columns without those at the end that have neither a name nor content. One column always stays.
  func usedColumns(of names: [String]) -> Int {
    let named = max(names.lastIndex { !$0.isEmpty }.map { $0 + 1 } ?? 0, 1)
    guard named < names.count else { return named }
    let isFilled = starts.contains { start in splitting(start)[named...].contains { !text($0).isEmpty } }
    return isFilled ? names.count : named
  }

  /// A field of a row, which must have it.
  func field(_ column: Int, ofRow row: Int) -> String { text(splitting(starts[row])[column]) }

  /// The line that a row begins on, from 1.
  func line(ofRow row: Int) -> Int { line(at: starts[row]) }

  /// The line of a place in the text: line breaks in quotes count.
  private func line(at end: Int) -> Int {
    let block = end / Self.blockBytes
    return 1 + breaksBeforeBlock[block] + Self.lineBreaks(in: block * Self.blockBytes..<end, of: bytes)
  }

  /// The number of line breaks in a part of a text. CR LF is one, and belongs to the CR.
  private static func lineBreaks(in part: Range<Int>, of bytes: [UInt8]) -> Int {
    part.count { place in
      bytes[place] == carriageReturn || bytes[place] == lineFeed && (place == 0 || bytes[place - 1] != carriageReturn)
    }
  }

  /// The beginning of the row after the one at `start`.
  private func endOfRow(from start: Int) throws(TableError) -> Int {
    var (position, isQuoted, isFieldStart, column) = (start, false, true, 1)
    func error(found: String, expected: String) -> TableError {
      TableError(path: path, line: line(at: start), column: column, found: found, expected: expected)
    }
    while position < bytes.count {
      let byte = bytes[position]
      if byte == 0 {
        throw error(found: "a byte 0", expected: "text in UTF-8, or in UTF-16 with a byte order mark")
      }
      guard position - start < limits.rowBytes, column <= limits.columns else { break }
      position += 1
      if isQuoted {
        guard byte == Self.quote else { continue }
        if position < bytes.count, bytes[position] == Self.quote {
          position += 1
          continue
        }
        isQuoted = false
        while position < bytes.count, isBlank(bytes[position]) { position += 1 }
        guard position == bytes.count || [separator, Self.lineFeed, Self.carriageReturn].contains(bytes[position])
        else {
          throw error(
            found: "text after the quote that closes a field on line \(line(at: position))",
            expected: "a separator or the end of the line; a quote in a quoted field is written twice")
        }
      } else if byte == Self.quote, isFieldStart {
        isQuoted = true
      } else if byte == Self.lineFeed {
        return position
      } else if byte == Self.carriageReturn {
        return position < bytes.count && bytes[position] == Self.lineFeed ? position + 1 : position
      }
      isFieldStart = !isQuoted && byte == separator
      if isFieldStart { column += 1 }
    }
    if isQuoted { throw error(found: "a quote that is not closed", expected: "a second quote in the same row") }
    guard position == bytes.count else {
      throw error(
        found: column > limits.columns
          ? "more than \(limits.columns) fields" : "a row of more than \(limits.rowBytes) bytes",
        expected: "less; larger rows need larger `TableLimits`")
    }
    return position
  }

  /// The places of the fields of the row at `start`, with their quotes.
  private func splitting(_ start: Int) -> [Range<Int>] {
    var fields: [Range<Int>] = []
    var (position, fieldStart, isQuoted) = (start, start, false)
    while position < bytes.count {
      let byte = bytes[position]
      if byte == Self.quote, isQuoted || position == fieldStart {
        // A quote in quotes is written twice: it ends the quoted part and begins the next one.
        if isQuoted, position + 1 < bytes.count, bytes[position + 1] == Self.quote {
          position += 1
        } else {
          isQuoted.toggle()
        }
      } else if !isQuoted {
        if byte == separator {
          fields.append(fieldStart..<position)
          fieldStart = position + 1
        } else if byte == Self.lineFeed || byte == Self.carriageReturn {
          break
        }
      }
      position += 1
    }
    fields.append(fieldStart..<position)
    return fields
  }

  /// Whether a byte after a closing quote says nothing.
  private func isBlank(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") && byte != separator
  }

  /// The text of a field without its quotes, and without blanks behind them.
  private func text(_ field: Range<Int>) -> String {
    guard let first = field.first, bytes[first] == Self.quote,
      let end = field.last(where: { bytes[$0] == Self.quote })
    else {
      return String(decoding: bytes[field], as: UTF8.self)
    }
    var content: [UInt8] = []
    // A quote in quotes is written twice.
    var position = first + 1
    while position < end {
      content.append(bytes[position])
      position += bytes[position] == Self.quote ? 2 : 1
    }
    return String(decoding: content, as: UTF8.self)
  }

  /// Throws unless all rows are UTF-8. Looks at some rows at a time, so that the text is never there twice.
  private func checkEncoding() throws(TableError) {
    var first = 0
    for row in starts.indices {
      let end = row + 1 < starts.count ? starts[row + 1] : bytes.count
      guard end - starts[first] > 1 << 20 || row == starts.count - 1 else { continue }
      if String(validating: bytes[starts[first]..<end], as: UTF8.self) == nil {
        let wrong = firstWrong(in: first...row)
        let column = splitting(starts[wrong]).firstIndex { String(validating: bytes[$0], as: UTF8.self) == nil }
        throw TableError(
          path: path, line: line(ofRow: wrong), column: column.map { $0 + 1 }, found: "text that is not UTF-8",
          expected: "UTF-8")
      }
      first = row + 1
    }
  }

  private func firstWrong(in rows: ClosedRange<Int>) -> Int {
    rows.first { row in
      let end = row + 1 < starts.count ? starts[row + 1] : bytes.count
      return String(validating: bytes[starts[row]..<end], as: UTF8.self) == nil
    } ?? rows.lowerBound
  }
}
