import Glibc
import Serialization
import Tensor

/// The photos that a table lists, with their targets. Paths stay in the table until they are needed.
public struct TablePhotos<Target: ExampleTarget>: ExampleSource {
  private let table: any Table
  private let column: Int
  /// The column of the targets, if they are in one.
  private let targetColumn: Int?
  private let folder: String
  private let values: [Target]
  /// The names of all classes, or of the numbers, in the order of the outputs, if they are given.
  public let targetNames: [String]?
  /// Possible mistakes in the table, in words.
  public let hints: [String]

  /// - Parameters:
  ///   - table: the table.
  ///   - name: the column of the photos' files.
  ///   - folder: what paths are relative to; by default the folder of the table.
  ///   - targets: a target for each row.
  ///   - targetColumn: the name of their column, if they are in one.
  /// - Throws: ``TableError`` at a path that leads out of the folder, or to something else than a file.
  init(
    _ table: any Table, _ name: String, in folder: String?, _ targets: [Target], targetNames: [String]? = nil,
    targetColumn: String? = nil, hints: [String] = []
  ) throws {
    self.table = table
    column = try table.position(of: name)
    try table.checkHasNoLists(name)
    self.folder = folder ?? table.path.utf8.lastIndex(of: UInt8(ascii: "/")).map { String(table.path[...$0]) } ?? ""
    values = targets
    self.targetNames = targetNames
    self.targetColumn = try targetColumn.map { try table.position(of: $0) }
    self.hints = hints + Self.repetitions(in: table, column)
    for row in 0..<count { try checkPath(ofRow: row) }
  }

  /// A file that is listed more than once, in words.
  private static func repetitions(in table: any Table, _ column: Int) -> [String] {
    var (firstRow, found): ([Int: Int], (first: Int, second: Int)?) = ([:], nil)
    var count = 0
    for row in 0..<table.rowCount {
      let file = ExactText(table.field(column, ofRow: row))
      // Hash values take less memory than a million names.
      let first = firstRow[file.hashValue, default: row]
      firstRow[file.hashValue] = first
      guard first < row, ExactText(table.field(column, ofRow: first)) == file else { continue }
      count += 1
      found = found ?? (first, row)
    }
    guard let found else { return [] }
    let others = count == 1 ? "" : ", with \(counted(count - 1, "more repetition"))"
    return [
      "\(table.path): lines \(table.line(ofRow: found.first)) and \(table.line(ofRow: found.second)) list the same file, "
        + "\"\(table.field(column, ofRow: found.first).shortened)\"\(others); copies of a photo belong into one part of a split, "
        + "and need the same target"
    ]
  }

  /// The number of rows.
  public var count: Int { table.rowCount }
  /// The photo of a row.
  public func item(at index: Int) -> Photo { .file(path(table.field(column, ofRow: index))) }
  /// The target of a row.
  public func target(at index: Int) -> Target { values[index] }
  /// The table and the line of a row.
  ///
  /// Cost: in a ``CSVTable``, scans the file up to the row; call it for errors only.
  public func place(of index: Int) -> String? { "\(table.path), line \(table.line(ofRow: index))" }

  /// The targets of all rows.
  ///
  /// - Throws: ``TableError`` with the line and the column of a target that cannot be used.
  public func targets() throws -> Targets {
    do {
      return try Target.collect(values, names: targetNames)
    } catch let error as TargetValueError {
      throw TableError(
        path: table.path, line: error.example.map { table.line(ofRow: $0) }, column: targetColumn.map { $0 + 1 },
        found: error.found, expected: error.expected)
    }
  }

  private func path(_ field: String) -> String {
    field.utf8.first == UInt8(ascii: "/") || folder.isEmpty ? field : join(folder, field)
  }

  /// Whether a path leaves the folder that it is relative to. One that begins with `/` is not relative to any.
  private func leadsOut(_ path: String) -> Bool {
    // Bytes are compared: a slash and an accent at the beginning of a name form a single `Character`.
    guard path.utf8.first != UInt8(ascii: "/") else { return false }
    var depth = 0
    for name in path.utf8.split(separator: UInt8(ascii: "/")) where !name.elementsEqual(".".utf8) {
      depth += name.elementsEqual("..".utf8) ? -1 : 1
      if depth < 0 { return true }
    }
    return false
  }

  private func checkPath(ofRow row: Int) throws(TableError) {
    let field = table.field(column, ofRow: row)
    func error(_ found: String, _ expected: String) -> TableError {
      TableError(path: table.path, line: table.line(ofRow: row), column: column + 1, found: found, expected: expected)
    }
    let aPhoto = "the path of a photo in the folder \(folder.isEmpty ? "of the table" : "\"\(folder)\"")"
    if field.isEmpty { throw error("an empty field", aPhoto) }
    if field.utf8.contains(0) { throw error("a byte 0 in the path \"\(field.shortened)\"", aPhoto) }
    if leadsOut(field) {
      throw error(
        "the path \"\(field.shortened)\", which leads out of the folder", aPhoto + ", or another folder for all paths")
    }
    // A file that is missing is found when it is read.
    guard let status = fileStatus(path(field)) else { return }
    switch status.st_mode & S_IFMT {
    case S_IFREG: return
    case S_IFDIR: throw error("\"\(field.shortened)\", which is a folder", "a file")
    default: throw error("\"\(field.shortened)\", which is a device or a pipe", "a file")
    }
  }
}
