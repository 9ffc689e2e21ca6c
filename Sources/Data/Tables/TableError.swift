/// A table that cannot be used: where, what was found and what was expected.
public struct TableError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The file.
  public let path: String
  /// The line, from 1, if it belongs to one.
  public let line: Int?
  /// The number of the column, from 1, if it belongs to one.
  public let column: Int?
  /// What is there.
  public let found: String
  /// What would have been accepted.
  public let expected: String

  package init(path: String, line: Int? = nil, column: Int? = nil, found: String, expected: String) {
    self.path = path
    self.line = line
    self.column = column
    self.found = found
    self.expected = expected
  }

  /// One line: `photos.csv, line 3, column 2: found 4 fields, expected 2`.
  public var description: String {
    path + (line.map { ", line \($0)" } ?? "") + (column.map { ", column \($0)" } ?? "")
      + ": found \(found), expected \(expected)"
  }
}
