/// How the gradient of a filter is divided into parts: by its shape alone.
///
/// Rows and columns of each group's matrix are divided into parts that stay in the L2 cache; small matrices of several
/// groups make one part. If there are few parts, the pixels are divided into up to eight groups too, whose sums are added
/// at last.
struct FilterGradientDivision {
  /// Some panels of rows and of columns of some groups, for one group of pixels.
  struct Part {
    let groups, rows, columns: Range<Int>
    let pixelGroup: Int
  }

  private let groups, rows, columns: Int
  private let groupParts, rowParts, columnParts: Int
  /// The number of groups of pixels.
  let pixelGroups: Int

  /// The most panels of rows and of columns in a part.
  private static let mostPanels = 8
  private static let enoughParts = 16

  /// Divides matrices of some panels of rows and of columns, the sums over some blocks of pixels.
  init(groups: Int, rows: Int, columns: Int, blocks: Int) {
    (self.groups, self.rows, self.columns) = (groups, rows, columns)
    func parts(_ count: Int, atMost limit: Int) -> Int { (count + limit - 1) / limit }
    rowParts = parts(rows, atMost: Self.mostPanels)
    columnParts = parts(columns, atMost: Self.mostPanels)
    let together = Swift.max(Self.mostPanels * Self.mostPanels / (rows * columns), 1)
    groupParts = parts(groups, atMost: together)
    let all = groupParts * rowParts * columnParts
    pixelGroups = Swift.min(Swift.max(Self.enoughParts / all, 1), 8, blocks)
  }

  /// The number of parts.
  var chunks: Int { pixelGroups * groupParts * rowParts * columnParts }

  /// A part.
  subscript(chunk: Int) -> Part {
    let (row, rest) = (chunk % rowParts, chunk / rowParts)
    let (column, outer) = (rest % columnParts, rest / columnParts)
    let (group, pixelGroup) = (outer % groupParts, outer / groupParts)
    return Part(
      groups: groups * group / groupParts..<groups * (group + 1) / groupParts,
      rows: rows * row / rowParts..<rows * (row + 1) / rowParts,
      columns: columns * column / columnParts..<columns * (column + 1) / columnParts, pixelGroup: pixelGroup)
  }
}
