import Foundation
import Serialization
import Tensor

/// A confusion matrix: rows are the true classes, columns the predicted ones.
///
/// The colour of a cell shows its share of its row, so that rare classes are as visible as common ones. A perfect
/// classifier has a dark diagonal on a light background. Cells show their counts if these are large enough to read. Of
/// more than 300 classes, the 300 with the most wrong predictions are shown; the accuracy is that of all classes.
public struct ConfusionMatrixChart: Chart {
  /// The title; the accuracy over all samples is added to it.
  public var title: String
  /// `counts[t][p]` is the number of samples of class `t` that were predicted as class `p`.
  public let counts: [[Int]]
  /// The name of each class.
  public let classNames: [String]

  /// A chart of a square matrix of counts. Stops the program unless `counts` has a row and a column for each name.
  public init(title: String = "Confusion matrix", counts: [[Int]], classNames: [String]) {
    guard counts.count == classNames.count, counts.allSatisfy({ $0.count == classNames.count }) else {
      fatalError(
        "ConfusionMatrixChart: \(counted(classNames.count, "class name")) need as many rows and "
          + "columns, found rows of \(counts.map(\.count))"
      )
    }
    self.title = title
    self.counts = counts
    self.classNames = classNames
  }

  /// The largest number of classes that are drawn.
  private static let classLimit = 300
  /// The longest side of the matrix at the preferred size.
  private static let sideLimit = 1600.0

  /// Counts can be read in up to about 30 classes, and every name in up to about 130.
  public var preferredSize: Canvas.Size {
    let count = Double(min(max(1, classNames.count), Self.classLimit))
    let side = min(max(260, count * min(max(560 / count, 18), 80)), Self.sideLimit)
    return Canvas.Size(width: side + 260, height: side + 190)
  }

  /// Draws title, cells, class names and colour bar inside `frame`.
  public func draw(on canvas: Canvas, in frame: Rectangle) {
    let outer = frame.inset(by: Theme.margin)
    let shown = shownClasses
    let headline = headlines(shown: shown.count).first {
      canvas.measure($0, font: Theme.title).width <= outer.width
    }
    let inner = canvas.drawTitle(headline ?? title, in: outer)
    guard !counts.isEmpty else { return canvas.drawPlaceholder("no classes", in: inner) }
    let layout = ConfusionMatrixLayout(classNames: shown.map { classNames[$0] }, in: inner, on: canvas)
    if let fonts = cellFonts(in: layout.cellSide, on: canvas) {
      drawCells(of: shown, layout, fonts: fonts, on: canvas)
    } else {
      layout.drawCells(colors(of: shown), on: canvas)
    }
    layout.drawGrid(on: canvas)
    layout.drawLabels(on: canvas)
    layout.drawColorBar(on: canvas)
  }

  /// The classes that are drawn, in order: all, or those with the most wrong predictions.
  private var shownClasses: [Int] {
    guard counts.count > Self.classLimit else { return Array(counts.indices) }
    var errors = [Double](repeating: 0, count: counts.count)
    for (row, rowCounts) in counts.enumerated() {
      for (column, count) in rowCounts.enumerated() where row != column {
        errors[row] += Double(count)
        errors[column] += Double(count)
      }
    }
    return counts.indices.sorted { (errors[$1], $0) < (errors[$0], $1) }.prefix(Self.classLimit).sorted()
  }

  /// The title with the share of samples on the diagonal, from the longest form to the shortest.
  private func headlines(shown: Int) -> [String] {
    // In floating point, so that sums cannot overflow.
    let total = counts.joined().reduce(0) { $0 + Double($1) }
    let title = shown == counts.count ? title : "\(title) (\(shown) most confused of \(counts.count) classes)"
    guard total > 0 else { return [title] }
    let right = counts.indices.reduce(0) { $0 + Double(counts[$1][$1]) }
    let accuracy = "accuracy \(percentage(right / total))"
    let name = title.isEmpty ? accuracy : "\(title): \(accuracy)"
    return [name + String(format: " (%.0f of %.0f)", right, total), name, accuracy]
  }

  /// Each shown row's shares of the samples of its class.
  private func shares(of shown: [Int]) -> [[Double]] {
    shown.map { row in
      let total = counts[row].reduce(0) { $0 + Double($1) }
      return shown.map { total > 0 ? Double(counts[row][$0]) / total : 0 }
    }
  }

  /// One pixel for each cell, for cells too small for numbers.
  private func colors(of shown: [Int]) -> Bitmap {
    let rgb = shares(of: shown).joined().flatMap { ColorScale.blues.color(of: $0).bytes }
    return Bitmap(width: shown.count, height: shown.count, rgb: rgb)
  }

  private func drawCells(of shown: [Int], _ layout: ConfusionMatrixLayout, fonts: CellFonts, on canvas: Canvas) {
    for (row, shares) in shares(of: shown).enumerated() {
      for (column, share) in shares.enumerated() {
        let cell = layout.cell(row: row, column: column)
        let color = ColorScale.blues.color(of: share)
        canvas.fill(.rectangle(cell), with: color)
        let count = counts[shown[row]][shown[column]]
        drawText(count: count, share: share, in: cell, fonts: fonts, ink: ColorScale.ink(on: color), on: canvas)
      }
    }
  }

  private typealias CellFonts = (count: Font, percent: Font?)

  /// The fonts in which the longest count fits into a cell, and a percentage below it; nil where they would be too
  /// small.
  private func cellFonts(in side: Double, on canvas: Canvas) -> CellFonts? {
    let longest = counts.joined().map { "\($0)" }.max { $0.count < $1.count } ?? ""
    let width = canvas.measure(longest, font: Font(size: 1)).width
    let size = min(14, 0.4 * side, 0.86 * side / width)
    guard size >= 6 else { return nil }
    let percent = Font(size: min(10, 0.25 * side))
    return (Font(size: size), percent.size >= 8 ? percent : nil)
  }

  private func drawText(count: Int, share: Double, in cell: Rectangle, fonts: CellFonts, ink: Color, on canvas: Canvas)
  {
    // In small cells, zeros would distract from the important numbers.
    guard count != 0 || fonts.percent != nil else { return }
    let anchor = TextAnchor(.center, .middle)
    guard let percentFont = fonts.percent, count != 0 else {
      canvas.text("\(count)", at: cell.center, font: fonts.count, with: count == 0 ? Theme.axis : ink, anchor: anchor)
      return
    }
    let percent = percentage(share, digits: share < 0.01 ? 1 : 0)
    let shift = Point(0, min(0.16 * cell.height, 10))
    canvas.text("\(count)", at: cell.center - shift, font: fonts.count, with: ink, anchor: anchor)
    canvas.text(percent, at: cell.center + shift, font: percentFont, with: ink.withAlpha(0.9), anchor: anchor)
  }
}
