/// Several charts in rows and columns under one title.
///
/// All cells have the same size. A figure is a chart too, so a figure can contain figures.
public struct Figure: Chart {
  /// The title above all charts.
  public var title: String
  /// The charts, row by row.
  public var panels: [any Chart]
  /// The number of charts in a row.
  public var columns: Int

  /// A figure of charts; without `columns` all of them are in one row.
  public init(title: String = "", columns: Int? = nil, panels: [any Chart]) {
    self.title = title
    self.panels = panels
    self.columns = max(1, columns ?? panels.count)
  }

  private var rows: Int { (panels.count + columns - 1) / columns }
  private var titleHeight: Double { title.isEmpty ? 0 : 2 * Theme.figureTitle.size }

  /// Each cell has the preferred size of the largest chart, reduced if the figure would be too large.
  public var preferredSize: Canvas.Size {
    let sizes = panels.map(\.preferredSize)
    let cell = Canvas.Size(width: sizes.map(\.width).max() ?? 100, height: sizes.map(\.height).max() ?? 100)
    return Canvas.Size(
      width: Double(min(columns, max(1, panels.count))) * cell.width,
      height: Double(max(1, rows)) * cell.height + titleHeight
    ).limited
  }

  /// Draws the title and all charts inside `frame`.
  public func draw(on canvas: Canvas, in frame: Rectangle) {
    _ = canvas.drawTitle(
      title, in: frame.inset(left: Theme.margin, top: Theme.margin, right: Theme.margin), font: Theme.figureTitle)
    let grid = frame.inset(top: titleHeight)
    let used = min(columns, max(1, panels.count))
    let size = Canvas.Size(width: grid.width / Double(used), height: grid.height / Double(max(1, rows)))
    for (index, panel) in panels.enumerated() {
      let cell = Rectangle(
        x: grid.x + Double(index % columns) * size.width, y: grid.y + Double(index / columns) * size.height,
        width: size.width, height: size.height)
      canvas.withState {
        canvas.clip(to: .rectangle(cell))
        panel.draw(on: canvas, in: cell)
      }
    }
  }
}
