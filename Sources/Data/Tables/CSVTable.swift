import Serialization

/// A table in a text file: comma-separated values (RFC 4180), or values with another separator.
///
/// ```swift
/// let table = try CSVTable(contentsOf: "photos.csv")
/// let photos = try PhotoSet(table.photos(path: "file", label: "kind"), imageSize: 64)
/// ```
///
/// The first row names the columns. A field may stand in quotes, which it needs if it contains the separator, a line
/// break or a quote, written twice. Only blanks may stand between the closing quote and the separator or the end of the
/// line; they are no part of the field. Lines end with LF, CR LF or CR; empty lines are skipped. The file must be UTF-8, with
/// or without a byte order mark, or UTF-16 with one. All rows must have a field for each column. Columns at the end that have
/// neither names nor content, as programs for tables write them, are left out.
///
/// Takes the bytes of the file and 8 bytes for each row; fields are read from them when they are asked for.
public struct CSVTable: Table {
  /// The path of the file.
  public let path: String
  /// The names of the columns.
  public let columns: [String]
  /// The number of rows, without the names.
  public let rowCount: Int
  private let rows: CSVRows

  /// Reads a table.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - separator: between the fields of a row; by default a tab for a name that ends in `.tsv`, otherwise a comma, or a tab
  ///     or semicolon where the first row has these and no comma.
  ///   - columns: the names of the columns; by default the first row.
  ///   - limits: the largest file, row and number of columns to read.
  /// - Throws: ``TableError`` at what is no such table, with line and column; `FileError` if the file cannot be read.
  public init(
    contentsOf path: String, separator: Character? = nil, columns: [String]? = nil, limits: TableLimits = .standard
  ) throws {
    let bytes = try readTableText(path, limits)
    let separator = separator ?? (path.lowercased().hasSuffix(".tsv") ? "\t" : Self.separator(of: bytes))
    guard let byte = separator.asciiValue, !"\"\r\n\0".utf8.contains(byte) else {
      throw TableError(
        path: path, found: "the separator \"\(separator)\"",
        expected: "an ASCII character that is no quote or line break")
    }
    self.path = path
    var rows = try CSVRows(bytes, separator: byte, path: path, limits: limits)
    let names = columns ?? rows.takeFirst()
    guard let names, !names.isEmpty else {
      throw TableError(path: path, found: "an empty file", expected: "a row with the names of the columns")
    }
    try rows.check(columnCount: names.count)
    let used = names[..<rows.usedColumns(of: names)]
    var known: Set<ExactText> = []
    for name in used where !known.insert(ExactText(name)).inserted {
      throw TableError(
        path: path, line: 1,
        found: name.isEmpty ? "two columns without a name" : "two columns named \"\(name.withoutControls)\"",
        expected: "different names")
    }
    self.columns = Array(used)
    self.rows = rows
    rowCount = rows.count
  }

  /// What separates the names in the first row: a comma or, if there is none, a tab or a semicolon.
  private static func separator(of bytes: [UInt8]) -> Character {
    let firstRow = bytes.prefix(1 << 20).prefix { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") }
    return [",", "\t", ";"].first { firstRow.contains($0.asciiValue ?? 0) } ?? ","
  }

  /// A field, by the position of its column and the number of its row. Takes the time of reading the row.
  public func field(_ column: Int, ofRow row: Int) -> String { rows.field(column, ofRow: row) }

  /// The line of the file that a row begins on, from 1.
  ///
  /// Cost: scans the file up to the row; call it for errors only.
  public func line(ofRow row: Int) -> Int { rows.line(ofRow: row) }
}
