import Foundation
import Kilim

/// Horizontal bars with their names and numbers, the first of them ours.
struct BarChart: Chart {
  let title: String
  let bars: [(name: String, value: Double)]
  let unit: String

  var preferredSize: Canvas.Size { Canvas.Size(width: 620, height: 70 + 30 * Double(bars.count)) }

  func draw(on canvas: Canvas, in frame: Rectangle) {
    let font = Font(size: 13)
    canvas.text(
      title, at: Point(frame.x + 16, frame.y + 24), font: Font(size: 15, weight: .bold), with: Color.black)
    let names = 150.0
    let longest = bars.map(\.value).max() ?? 1
    let widest = frame.width - names - 130
    for (index, bar) in bars.enumerated() {
      let top = frame.y + 44 + 30 * Double(index)
      let width = widest * bar.value / max(longest, .leastNormalMagnitude)
      let box = Rectangle(x: frame.x + names, y: top, width: width, height: 20)
      canvas.fill(Path.rectangle(box), with: index == 0 ? Color(hex: 0xB5402A) : Color.gray(0.65))
      canvas.text(
        bar.name, at: Point(box.x - 8, top + 15), font: font, with: Color.black,
        anchor: TextAnchor(.right))
      canvas.text(
        "\(rounded(bar.value)) \(unit)", at: Point(box.maxX + 8, top + 15), font: font, with: Color.gray(0.25))
    }
  }

  /// The number with three digits or with all before its point.
  private func rounded(_ value: Double) -> String {
    String(format: "%.\(value < 10 ? 2 : value < 100 ? 1 : 0)f", value)
  }
}
