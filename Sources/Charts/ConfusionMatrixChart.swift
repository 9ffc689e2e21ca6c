import Foundation

/// How often each class was taken for each other: rows are the true classes, columns the predicted ones.
///
/// The colour of a cell is its share of its row, so that rare classes show as well as common ones; a perfect classifier has a
/// dark diagonal on a white ground. The counts stand in the cells as long as they can be read.
public struct ConfusionMatrixChart: Chart {
  /// The words above the chart, which the overall accuracy follows.
  public var title: String
  /// `counts[t][p]` is the number of samples of class `t` that were predicted as class `p`.
  public let counts: [[Int]]
  /// The name of each class.
  public let classNames: [String]

  /// A chart of a square matrix of counts. Stops the program unless `counts` has a row and a column for each name.
  public init(title: String = "Confusion matrix", counts: [[Int]], classNames: [String]) {
    guard counts.count == classNames.count, counts.allSatisfy({ $0.count == classNames.count }) else {
      fatalError(
        "ConfusionMatrixChart: \(classNames.count) class names need as many rows and columns, found rows of \(counts.map(\.count))"
      )
    }
    self.title = title
    self.counts = counts
    self.classNames = classNames
  }

  /// Large enough that counts can be read in up to about 30 classes, and names in up to 50.
  public var preferredSize: Canvas.Size {
    let count = Double(max(1, classNames.count))
    let side = max(260, count * min(max(560 / count, 18), 80))
    return Canvas.Size(width: side + 260, height: side + 190)
  }

  /// Draws title, cells, class names and colour bar inside `frame`.
  public func draw(on canvas: Canvas, in frame: Rectangle) {
    let outer = frame.inset(by: Theme.margin)
    let headline = headlines.first { canvas.measure($0, font: Theme.title).width <= outer.width }
    let inner = canvas.drawTitle(headline ?? title, in: outer)
    guard !counts.isEmpty else { return canvas.drawPlaceholder("no classes", in: inner) }
    let layout = ConfusionMatrixLayout(classNames: classNames, in: inner, on: canvas)
    drawCells(layout, on: canvas)
    layout.drawLabels(on: canvas)
    layout.drawColorBar(on: canvas)
  }

  /// The title with the share of samples on the diagonal, from the longest form to the shortest.
  private var headlines: [String] {
    // In floating point, where sums cannot overflow.
    let total = counts.joined().reduce(0) { $0 + Double($1) }
    guard total > 0 else { return [title] }
    let right = counts.indices.reduce(0) { $0 + Double(counts[$1][$1]) }
    let accuracy = String(format: "accuracy %.1f%%", 100 * right / total)
    let name = title.isEmpty ? accuracy : "\(title): \(accuracy)"
    return [name + String(format: " (%.0f of %.0f)", right, total), name, accuracy]
  }

  private func drawCells(_ layout: ConfusionMatrixLayout, on canvas: Canvas) {
    let fonts = cellFonts(in: layout.cellSide, on: canvas)
    for (row, rowCounts) in counts.enumerated() {
      let total = rowCounts.reduce(0) { $0 + Double($1) }
      for (column, count) in rowCounts.enumerated() {
        let share = total > 0 ? Double(count) / total : 0
        let cell = layout.cell(row: row, column: column)
        let color = ColorScale.color(of: share)
        canvas.fill(.rectangle(cell), with: color)
        drawText(count: count, share: share, in: cell, fonts: fonts, ink: ColorScale.ink(on: color), on: canvas)
      }
    }
    layout.drawGrid(on: canvas)
  }

  private typealias CellFonts = (count: Font, percent: Font?)

  /// The fonts in which the longest count fits into a cell, and a percentage below it; nothing where they would be too small.
  private func cellFonts(in side: Double, on canvas: Canvas) -> CellFonts? {
    let longest = counts.joined().map { "\($0)" }.max { $0.count < $1.count } ?? ""
    let width = canvas.measure(longest, font: Font(size: 1)).width
    let size = min(14, 0.4 * side, 0.86 * side / width)
    guard size >= 6 else { return nil }
    let percent = Font(size: min(10, 0.25 * side))
    return (Font(size: size), percent.size >= 8 ? percent : nil)
  }

  private func drawText(count: Int, share: Double, in cell: Rectangle, fonts: CellFonts?, ink: Color, on canvas: Canvas)
  {
    // In small cells zeros would hide the numbers that matter.
    guard let fonts, count != 0 || fonts.percent != nil else { return }
    let anchor = TextAnchor(.center, .middle)
    guard let percentFont = fonts.percent, count != 0 else {
      canvas.text("\(count)", at: cell.center, font: fonts.count, with: count == 0 ? Theme.axis : ink, anchor: anchor)
      return
    }
    let percent = String(format: share < 0.01 ? "%.1f%%" : "%.0f%%", 100 * share)
    let shift = Point(0, min(0.16 * cell.height, 10))
    canvas.text("\(count)", at: cell.center - shift, font: fonts.count, with: ink, anchor: anchor)
    canvas.text(percent, at: cell.center + shift, font: percentFont, with: ink.withAlpha(0.9), anchor: anchor)
  }
}
