import Serialization

/// A table in a text file: comma-separated values (RFC 4180), or values with another separator.
///
/// ```swift
/// let table = try CSVTable(contentsOf: "photos.csv")
/// let photos = try PhotoSet(table.photos(path: "file", label: "kind"), imageSize: 64)
/// ```
///
/// The first row names the columns. A field may stand in quotes, which it needs if it contains the separator, a line
/// break or a quote, written twice. Lines end with LF, CR LF or CR; empty lines are skipped. A byte order mark is allowed.
/// The file must be UTF-8. All rows must have a field for each column.
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
  ///   - separator: between the fields of a row; by default a tab for a name that ends in `.tsv`, otherwise a comma.
  ///   - columns: the names of the columns; by default the first row.
  ///   - limits: the largest file, row and number of columns to read.
  /// - Throws: ``TableError`` at what is no such table, with line and column; `FileError` if the file cannot be read.
  public init(
    contentsOf path: String, separator: Character? = nil, columns: [String]? = nil, limits: TableLimits = .standard
  ) throws {
    let separator = separator ?? (path.lowercased().hasSuffix(".tsv") ? "\t" : ",")
    guard let byte = separator.asciiValue, !"\"\r\n\0".utf8.contains(byte) else {
      throw TableError(
        path: path, found: "the separator \"\(separator)\"",
        expected: "an ASCII character that is no quote or line break")
    }
    self.path = path
    var rows = try CSVRows(readFile(path, limit: limits.bytes), separator: byte, path: path, limits: limits)
    let names = columns ?? rows.takeFirst()
    guard let names, !names.isEmpty else {
      throw TableError(path: path, found: "an empty file", expected: "a row with the names of the columns")
    }
    for (index, name) in names.enumerated() where names[..<index].contains(name) {
      throw TableError(
        path: path, line: 1, found: "two columns named \"\(name.withoutControls)\"", expected: "different names")
    }
    try rows.check(columnCount: names.count)
    self.columns = names
    self.rows = rows
    rowCount = rows.count
  }

  /// A field, by the position of its column and the number of its row. Takes the time of reading the row.
  public func field(_ column: Int, ofRow row: Int) -> String { rows.field(column, ofRow: row) }

  /// The line of the file that a row begins on, from 1.
  public func line(ofRow row: Int) -> Int { rows.line(ofRow: row) }
}
