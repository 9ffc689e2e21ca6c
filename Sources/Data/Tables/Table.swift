import Serialization

/// Rows of named fields, as a file has them: ``CSVTable`` or ``JSONLines``.
public protocol Table: Sendable {
  /// The path of the file.
  var path: String { get }
  /// The names of the columns.
  var columns: [String] { get }
  /// The number of rows.
  var rowCount: Int { get }
  /// A field as text; an empty text for a field that is not there.
  ///
  /// - Parameters:
  ///   - column: the position of the column in `columns`.
  ///   - row: the number of the row, from 0.
  func field(_ column: Int, ofRow row: Int) -> String
  /// The line of the file that a row begins on, from 1. It is asked for in errors only, so it may take long.
  func line(ofRow row: Int) -> Int
}

extension Table {
  /// The fields of a column, row by row.
  ///
  /// - Throws: ``TableError`` if there is no such column.
  public func column(_ name: String) throws -> [String] {
    let column = try position(of: name)
    return (0..<rowCount).map { field(column, ofRow: $0) }
  }

  /// The position of a column.
  ///
  /// - Throws: ``TableError`` if there is no such column.
  func position(of name: String) throws(TableError) -> Int {
    guard let position = columns.firstIndex(where: { $0.utf8.elementsEqual(name.utf8) }) else {
      throw TableError(
        path: path, found: "the columns \(shortList(columns, limit: 10))",
        expected: "one named \"\(name.withoutControls)\"")
    }
    return position
  }
}
