import Serialization

/// The text of a table in UTF-8. UTF-16 is recognized by its byte order mark, which spreadsheet programs write.
///
/// - Throws: `FileError` if the file cannot be read, ``TableError`` for UTF-16 that is damaged.
func readTableText(_ path: String, _ limits: TableLimits) throws -> [UInt8] {
  let bytes = try readFile(path, limit: limits.bytes)
  let isBigEndian = bytes.starts(with: [0xFE, 0xFF])
  guard isBigEndian || bytes.starts(with: [0xFF, 0xFE]) else { return bytes }
  let units = stride(from: 2, to: bytes.count - 1, by: 2).map { place in
    let (first, second) = (UInt16(bytes[place]), UInt16(bytes[place + 1]))
    return isBigEndian ? first << 8 | second : second << 8 | first
  }
  guard bytes.count.isMultiple(of: 2), let text = String(validating: units, as: UTF16.self) else {
    throw TableError(path: path, found: "text that is not UTF-16", expected: "UTF-16, as its byte order mark says")
  }
  return Array(text.utf8)
}

/// The table in a file: ``JSONLines`` for a name that ends in `.jsonl` or `.ndjson`, or a text that begins with a JSON object;
/// otherwise a ``CSVTable``.
///
/// - Throws: as the tables; ``TableError`` for a `.json` file with something else than an object in each line.
package func readTable(_ path: String) throws -> any Table {
  let name = path.lowercased()
  if name.hasSuffix(".jsonl") || name.hasSuffix(".ndjson") { return try JSONLines(contentsOf: path) }
  if [".csv", ".tsv"].contains(where: name.hasSuffix) { return try CSVTable(contentsOf: path) }
  let start = try readTableText(path, .standard).first { ![9, 10, 13, 32].contains($0) }
  if start == UInt8(ascii: "{") { return try JSONLines(contentsOf: path) }
  guard !name.hasSuffix(".json") else {
    let found = start == UInt8(ascii: "[") ? "a JSON array" : "no JSON object at the beginning"
    throw TableError(
      path: path, found: found, expected: "a JSON object in each line, without brackets around all and commas between")
  }
  return try CSVTable(contentsOf: path)
}

/// The fields of one line of comma-separated values.
///
/// - Throws: ``TableError`` at a quote that is not closed, at text after a closing one, and for more than one line.
package func csvFields(_ line: String) throws(TableError) -> [String] {
  var rows = try CSVRows(Array(line.utf8), separator: UInt8(ascii: ","), path: "list", limits: .standard)
  guard rows.count <= 1 else { throw TableError(path: "list", found: "a line break", expected: "one line") }
  return rows.takeFirst() ?? []
}
