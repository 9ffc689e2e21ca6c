import Kilim

/// Rows of cells as lines with columns of one width each: the first ones are aligned on the left, the others, which hold numbers, on
/// the right.
///
/// - Parameters:
///   - rows: as many cells in each.
///   - names: the number of columns that are aligned on the left.
func alignedColumns(_ rows: [[String]], names: Int) -> String {
  let widths = (rows.first ?? []).indices.map { column in rows.map(\.[column].columnCount).max() ?? 0 }
  return rows.map { row in
    "  "
      + zip(row, widths).enumerated().map { column, cell in
        let space = String(repeating: " ", count: cell.1 - cell.0.columnCount)
        return column < names ? cell.0 + space : space + cell.0
      }.joined(separator: "  ")
  }.map { line in
    String(line.reversed().drop { $0 == " " }.reversed())
  }.joined(separator: "\n")
}
