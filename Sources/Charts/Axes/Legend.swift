/// The names of the curves in rows above the plot, where they do not cover anything.
struct Legend {
  /// A curve's name, and a remark in lighter letters.
  struct Entry {
    let name: String
    let remark: String
    let style: SeriesStyle
  }

  private static let swatchWidth = 30.0
  private static let entryGap = 18.0
  /// No legend has room for more entries. Further entries are only counted.
  private static let entryLimit = 500

  let entries: [Entry]
  let showsMarkers: Bool

  /// Draws the legend at the top of `frame`, at most over a third of its height, and returns the rest of `frame`.
  func draw(on canvas: Canvas, in frame: Rectangle) -> Rectangle {
    let rowHeight = canvas.measure("0", font: Theme.label).height + 2
    let rowLimit = Int(frame.height / 3 / rowHeight)
    guard !entries.isEmpty, rowLimit > 0 else { return frame }
    // Long names are cut if all entries then fit into a few columns.
    let columns = (entries.count + rowLimit - 1) / rowLimit
    let width =
      (frame.width + Legend.entryGap) / (columns <= 3 ? Double(columns) : 1) - Legend.entryGap - Legend.swatchWidth
    let listed = entries.prefix(Legend.entryLimit)
    let names = canvas.shorten(listed.map(\.name), toFit: width, font: Theme.label)
    let words = zip(names, listed).map { fit($0, remark: $1.remark, into: width, on: canvas) }

    let starts = columnStarts(of: words, within: frame.width)
    let rowCount = min(rowLimit, (words.count + starts.count - 1) / starts.count)
    let shown = min(words.count, rowCount * starts.count)
    for index in 0..<shown {
      let place = Point(frame.x + starts[index % starts.count], frame.y + Double(index / starts.count) * rowHeight)
      if index == shown - 1, shown < entries.count {
        canvas.text(
          "and \(entries.count - index) more", at: place, font: Theme.label, with: Theme.mutedInk,
          anchor: TextAnchor(.left, .top))
      } else {
        draw(words[index], style: entries[index].style, at: place, on: canvas)
      }
    }
    return frame.inset(top: Double(rowCount) * rowHeight + Theme.gap)
  }

  /// The left ends of the entries of a row: one after the other if all fit into one row, otherwise in columns of equal
  /// width.
  private func columnStarts(of words: [Words], within width: Double) -> [Double] {
    let widths = words.map { Legend.swatchWidth + $0.nameWidth + $0.remarkWidth + Legend.entryGap }
    let available = width + Legend.entryGap
    if widths.reduce(0, +) <= available {
      return widths.indices.map { widths[..<$0].reduce(0, +) }
    }
    let widest = widths.max() ?? available
    return (0..<max(1, Int(available / widest))).map { Double($0) * widest }
  }

  private struct Words {
    let name: String
    let nameWidth: Double
    let remark: String
    let remarkWidth: Double
  }

  /// Leaves out the remark if it does not fit into the width beside the name.
  private func fit(_ name: String, remark: String, into width: Double, on canvas: Canvas) -> Words {
    let nameWidth = canvas.measure(name, font: Theme.label).width
    let remark = remark.isEmpty ? "" : "  " + remark
    let remarkWidth = canvas.measure(remark, font: Theme.tick).width
    let fits = nameWidth + remarkWidth <= width
    return Words(name: name, nameWidth: nameWidth, remark: fits ? remark : "", remarkWidth: fits ? remarkWidth : 0)
  }

  private func draw(_ words: Words, style: SeriesStyle, at place: Point, on canvas: Canvas) {
    let extents = canvas.measure(words.name, font: Theme.label)
    let baseline = place.y + extents.ascent
    let middle = baseline - extents.digitHeight / 2
    let swatchEnd = place.x + Legend.swatchWidth - Theme.gap
    style.drawLine(.line(from: Point(place.x, middle), to: Point(swatchEnd, middle)), on: canvas)
    if showsMarkers {
      style.drawMarker(at: Point((place.x + swatchEnd) / 2, middle), on: canvas)
    }
    let start = place.x + Legend.swatchWidth
    canvas.text(words.name, at: Point(start, baseline), font: Theme.label, with: Theme.ink)
    canvas.text(words.remark, at: Point(start + words.nameWidth, baseline), font: Theme.tick, with: Theme.mutedInk)
  }
}
