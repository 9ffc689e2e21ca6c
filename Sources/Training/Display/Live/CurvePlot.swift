import Foundation

/// Curves drawn with characters: eight dots of braille in each, or one mark in ASCII.
struct CurvePlot {
  /// One curve: its values at equal distances, with gaps where there are none.
  struct Series {
    var values: [Double?]
    var colour: StyledLine.Colour
    /// Whether it is drawn in dashes, so that it differs without colours too.
    var isDashed = false
    /// Its mark in ASCII.
    var mark: Character
  }

  var series: [Series]

  /// The smallest and the largest finite value; `nil` without one.
  var range: ClosedRange<Double>? {
    let values = series.flatMap(\.values).compactMap(\.self).filter(\.isFinite)
    guard let low = values.min(), let high = values.max() else { return nil }
    return low...high
  }

  /// The lines of the plot, exactly `rows` of `columns` columns, without labels.
  func lines(columns: Int, rows: Int, _ style: TextStyle) -> [StyledLine] {
    guard columns > 0, rows > 0 else { return [] }
    var canvas = Canvas(columns: columns, rows: rows, hasBraille: style.hasBraille)
    let range = range ?? 0...1
    for series in series { canvas.draw(series, range) }
    return canvas.lines
  }
}

/// The dots of a plot.
private struct Canvas {
  private let columns: Int
  private let rows: Int
  private let hasBraille: Bool
  /// The size in dots.
  private let width: Int
  private let height: Int
  /// The dots of each character as bits of braille, in ASCII 1.
  private var bits: [UInt8]
  private var colours: [StyledLine.Colour?]
  private var marks: [Character]

  init(columns: Int, rows: Int, hasBraille: Bool) {
    (self.columns, self.rows, self.hasBraille) = (columns, rows, hasBraille)
    (width, height) = hasBraille ? (2 * columns, 4 * rows) : (columns, rows)
    bits = [UInt8](repeating: 0, count: columns * rows)
    colours = [StyledLine.Colour?](repeating: nil, count: columns * rows)
    marks = [Character](repeating: " ", count: columns * rows)
  }

  mutating func draw(_ series: CurvePlot.Series, _ range: ClosedRange<Double>) {
    let (low, span) = (range.lowerBound, range.upperBound - range.lowerBound)
    let last = max(series.values.count - 1, 1)
    var before: (x: Int, y: Int)?
    for (index, value) in series.values.enumerated() {
      guard let value, value.isFinite else {
        before = nil
        continue
      }
      // Halves first: the span of two finite numbers may be infinite. The half of the smallest number is 0.
      let share = span >= .leastNormalMagnitude ? (value / 2 - low / 2) / (range.upperBound / 2 - low / 2) : 0.5
      let place = (x: index * (width - 1) / last, y: Int(((1 - share) * Double(height - 1)).rounded()))
      drawLine(from: before ?? place, to: place, series)
      before = place
    }
  }

  private mutating func drawLine(from start: (x: Int, y: Int), to end: (x: Int, y: Int), _ series: CurvePlot.Series) {
    let steps = max(abs(end.x - start.x), abs(end.y - start.y), 1)
    for step in 0...steps {
      let share = Double(step) / Double(steps)
      let x = start.x + Int((Double(end.x - start.x) * share).rounded())
      let y = start.y + Int((Double(end.y - start.y) * share).rounded())
      if hasBraille, series.isDashed, (x / 2 + y / 2) % 2 == 1, step > 0, step < steps { continue }
      set(x, y, series)
    }
  }

  private mutating func set(_ x: Int, _ y: Int, _ series: CurvePlot.Series) {
    let place = hasBraille ? y / 4 * columns + x / 2 : y * columns + x
    // The dots of a character of braille: 1, 2, 3, 7 in the left column and 4, 5, 6, 8 in the right one.
    let bit: UInt8 = hasBraille ? [[0x01, 0x02, 0x04, 0x40], [0x08, 0x10, 0x20, 0x80]][x % 2][y % 4] : 1
    bits[place] |= bit
    colours[place] = series.colour
    marks[place] = marks[place] == " " || marks[place] == series.mark ? series.mark : "#"
  }

  var lines: [StyledLine] {
    (0..<rows).map { row in
      var line = StyledLine()
      for column in 0..<columns {
        let place = row * columns + column
        let braille = UnicodeScalar(0x2800 + UInt32(bits[place])).map(String.init) ?? " "
        line.append(hasBraille && bits[place] > 0 ? braille : "\(marks[place])", colours[place])
      }
      return line
    }
  }
}
