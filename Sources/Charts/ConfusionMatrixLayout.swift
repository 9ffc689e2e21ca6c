/// The positions of the cells of a confusion matrix, and the texts around them.
struct ConfusionMatrixLayout {
  /// The direction of the names below the columns.
  private enum ColumnLabels {
    case level, slanted, upright

    var angle: Double {
      switch self {
      case .level: 0
      case .slanted: -.pi / 4
      case .upright: -.pi / 2
      }
    }
  }

  private static let barWidth = 14.0
  private static let rowTitle = "true class"
  private static let columnTitle = "predicted class"
  private static let barTitle = "share of the true class"

  /// The side of a cell.
  let cellSide: Double
  private let matrix: Rectangle
  private let columnLabels: ColumnLabels
  private let labelFont: Font
  /// The class names, shortened to the available width.
  private let names: [String]
  /// Every how many classes a name is written, so that names do not overlap.
  private let nameStep: Int
  private let rowTitleX: Double
  private let columnTitleY: Double

  init(classNames: [String], in frame: Rectangle, on canvas: Canvas) {
    let count = Double(classNames.count)
    let titleHeight = canvas.measure("0", font: Theme.label).height + Theme.gap
    let tickWidth = canvas.measure("100%", font: Theme.tick).width
    let barRoom = 3 * Theme.gap + ConfusionMatrixLayout.barWidth + Theme.gap + tickWidth + titleHeight

    // The names may take a sixth of the frame. They shrink with the cells, down to where they can still be read.
    let roughSide = min(frame.width, frame.height) * 0.75 / count
    let font = Font(size: min(Theme.tick.size, max(7, 0.9 * roughSide)))
    let lineHeight = canvas.measure("0", font: font).height
    let names = canvas.shorten(classNames, toFit: min(frame.width, frame.height) / 6, font: font)
    let widest = names.map { canvas.measure($0, font: font).width }.max() ?? 0

    let left = titleHeight + widest + Theme.gap
    let sideByWidth = (frame.width - left - barRoom) / count
    let labels: ColumnLabels =
      widest + Theme.gap <= sideByWidth ? .level : sideByWidth >= 1.5 * lineHeight ? .slanted : .upright
    let labelDepth =
      switch labels {
      case .level: lineHeight
      case .slanted: (widest + lineHeight) / 2.0.squareRoot()
      case .upright: widest
      }
    let bottom = labelDepth + Theme.gap + titleHeight
    let side = max(0.05, min(sideByWidth, (frame.height - bottom) / count))

    cellSide = side
    matrix = Rectangle(x: frame.x + left, y: frame.y, width: count * side, height: count * side)
    columnLabels = labels
    labelFont = font
    self.names = names
    nameStep = max(1, Int((lineHeight / side).rounded(.up)))
    rowTitleX = frame.x
    columnTitleY = matrix.maxY + Theme.gap + labelDepth + Theme.gap
  }

  /// The place of one cell.
  func cell(row: Int, column: Int) -> Rectangle {
    Rectangle(
      x: matrix.x + Double(column) * cellSide, y: matrix.y + Double(row) * cellSide, width: cellSide, height: cellSide)
  }

  /// Draws all cells at once, one pixel of `colors` for each.
  func drawCells(_ colors: Bitmap, on canvas: Canvas) {
    canvas.draw(colors, in: matrix, interpolation: cellSide >= 1 ? .nearest : .smooth)
  }

  /// Draws the lines between the cells and around the matrix.
  func drawGrid(on canvas: Canvas) {
    for index in 1..<max(1, names.count) {
      let offset = Double(index) * cellSide
      let upright = Path.line(from: Point(matrix.x + offset, matrix.y), to: Point(matrix.x + offset, matrix.maxY))
      let level = Path.line(from: Point(matrix.x, matrix.y + offset), to: Point(matrix.maxX, matrix.y + offset))
      canvas.stroke(upright, with: .white, width: min(1, cellSide / 20))
      canvas.stroke(level, with: .white, width: min(1, cellSide / 20))
    }
    canvas.stroke(.rectangle(matrix), with: Theme.axis)
  }

  /// Draws the names of the classes and the titles of the axes.
  func drawLabels(on canvas: Canvas) {
    for index in stride(from: 0, to: names.count, by: nameStep) {
      let cell = cell(row: index, column: index)
      canvas.text(
        names[index], at: Point(matrix.x - Theme.gap, cell.center.y), font: labelFont, with: Theme.ink,
        anchor: TextAnchor(.right, .middle))
      let horizontal: TextAnchor.Horizontal = columnLabels == .level ? .center : .right
      let vertical: TextAnchor.Vertical = columnLabels == .upright ? .middle : .top
      canvas.text(
        names[index], at: Point(cell.center.x, matrix.maxY + Theme.gap), font: labelFont, with: Theme.ink,
        anchor: TextAnchor(horizontal, vertical), angle: columnLabels.angle)
    }
    canvas.text(
      ConfusionMatrixLayout.columnTitle, at: Point(matrix.center.x, columnTitleY), font: Theme.label, with: Theme.ink,
      anchor: TextAnchor(.center, .top))
    canvas.text(
      ConfusionMatrixLayout.rowTitle, at: Point(rowTitleX, matrix.center.y), font: Theme.label, with: Theme.ink,
      anchor: TextAnchor(.center, .top), angle: -.pi / 2)
  }

  /// Draws the colour bar beside the matrix.
  func drawColorBar(on canvas: Canvas) {
    let bar = Rectangle(
      x: matrix.maxX + 3 * Theme.gap, y: matrix.y, width: ConfusionMatrixLayout.barWidth, height: matrix.height)
    ColorScale.blues.drawBar(on: canvas, in: bar, label: ConfusionMatrixLayout.barTitle)
  }
}
