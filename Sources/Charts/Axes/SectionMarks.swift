/// The names of the parts of a horizontal axis, and the lines between them.
struct SectionMarks {
  private let sections: [LineChart.Section]
  private let count: Int

  /// - Parameters:
  ///   - sections: the parts. Those that begin outside of the axis are left out.
  ///   - count: the number of values on the axis.
  init(_ sections: [LineChart.Section], count: Int) {
    self.sections = sections.filter { (0..<count).contains($0.start) }.sorted { $0.start < $1.start }
    self.count = count
  }

  /// The room for the names above the curves.
  func height(on canvas: Canvas) -> Double {
    sections.isEmpty ? 0 : canvas.measure("0", font: Theme.tick).height + Theme.gap
  }

  /// Draws a line in the middle between the last value of a part and the first of the next, and the names.
  func draw(from first: Int, on axes: Axes, _ canvas: Canvas) {
    let plot = axes.plot
    func border(before index: Int) -> Double {
      index <= 0 ? plot.x : index >= count ? plot.maxX : axes.place(x: Double(first + index) - 0.5, y: 0).x
    }
    for (number, section) in sections.enumerated() {
      let left = border(before: section.start)
      let right = border(before: number + 1 < sections.count ? sections[number + 1].start : count)
      if section.start > 0 {
        canvas.stroke(
          .line(from: Point(left, plot.y - height(on: canvas)), to: Point(left, plot.maxY)), with: Theme.axis,
          dash: [4, 3])
      }
      let room = right - left - 2 * Theme.gap
      let name = canvas.shorten(section.name, toFit: room, font: Theme.tick)
      // An ellipsis alone tells nothing.
      guard room > 0, name != "…" else { continue }
      canvas.text(
        name, at: Point((left + right) / 2, plot.y - Theme.gap), font: Theme.tick, with: Theme.mutedInk,
        anchor: TextAnchor(.center, .bottom))
    }
  }
}
