import Data
import Input

/// CSV, TSV and JSON lines: the first byte chooses. Everything that a table holds is read.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  read(data, count) { bytes in
    let path = try scratchFile(Array(bytes.dropFirst()))
    let limits = TableLimits(bytes: 1 << 20, rowBytes: 1 << 14, columns: 100)
    let table: any Table
    switch (bytes.first ?? 0) % 3 {
    case 0: table = try CSVTable(contentsOf: path, limits: limits)
    case 1: table = try CSVTable(contentsOf: path, separator: "\t", limits: limits)
    default: table = try JSONLines(contentsOf: path, limits: limits)
    }
    for row in 0..<table.rowCount {
      _ = table.line(ofRow: row)
      for column in table.columns.indices { _ = table.field(column, ofRow: row) }
    }
    _ = try? table.numbers(Array(table.columns.prefix(2)))
    guard let first = table.columns.first, let last = table.columns.last else { return }
    _ = try? table.photos(path: first, number: last)
    _ = try table.photos(path: first)
  }
}
