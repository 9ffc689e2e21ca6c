import Charts
import Foundation
import Testing

@Suite struct LineChartTests {
  private let red = Color(hex: 0xFF0000)

  private func picture(of chart: some Chart, size: Canvas.Size? = nil) throws -> Bitmap {
    let size = size ?? chart.preferredSize
    let canvas = try Canvas(width: Int(size.width), height: Int(size.height))
    chart.draw(on: canvas, in: canvas.bounds)
    return try canvas.bitmap()
  }

  private func words(in chart: some Chart) throws -> String {
    let canvas = try Canvas(.svg, size: chart.preferredSize)
    chart.draw(on: canvas, in: canvas.bounds)
    let svg = String(decoding: try canvas.encoded(), as: UTF8.self)
    return svg.components(separatedBy: "</desc>")[0]
  }

  /// The places of the pixels of pure red, below the legend.
  private func redPixels(_ bitmap: Bitmap) -> [(x: Int, y: Int)] {
    (0..<bitmap.width * bitmap.height).map { (x: $0 % bitmap.width, y: $0 / bitmap.width) }
      .filter { $0.y > 36 && bitmap[$0.x, $0.y] == red }
  }

  @Test func theWordsAreThere() throws {
    let chart = LineChart(
      title: "Training", xLabel: "epochs", yLabel: "loss/accuracy",
      series: [
        .init(name: "train accuracy", values: [0.5, 0.7, 0.9]),
        .init(name: "test accuracy", values: [0.4, 0.62, 0.6], best: .highest),
        .init(name: "train_loss", values: [2, 1, 0.5]),
        .init(name: "test_loss", values: [2.2, 1.25, 1.5], best: .lowest),
      ])
    let words = try words(in: chart)
    for word in ["Training", "epochs", "loss/accuracy", "train accuracy", "test accuracy", "train_loss", "test_loss"] {
      #expect(words.contains(word), "\(word)")
    }
    #expect(words.contains("best 0.62 at 2") && words.contains("best 1.25 at 2"))
    #expect(words.contains("\n1\n2\n3\n"), "the epochs are marked by whole numbers")
  }

  @Test func higherValuesLieHigher() throws {
    let chart = LineChart(series: [.init(name: "", values: [0, 1, 2, 3], color: red)])
    let pixels = redPixels(try picture(of: chart))
    let left = try #require(pixels.min { $0.x < $1.x })
    let right = try #require(pixels.max { $0.x < $1.x })
    #expect(left.x < 80 && right.x > 480, "\(left) \(right)")
    #expect(left.y > 330 && right.y < 60, "\(left) \(right)")
  }

  @Test func valuesThatAreNotFiniteAreGaps() throws {
    let values = [1, 1, .nan, 1, .infinity, 1, 1]
    let pixels = redPixels(try picture(of: LineChart(series: [.init(name: "", values: values, color: red)])))
    let columns = Set(pixels.map(\.x))
    let first = try #require(columns.min())
    let last = try #require(columns.max())
    let step = Double(last - first) / 6
    // Markers reach 4 pixels to either side of their value.
    func hasInk(between low: Double, and high: Double) -> Bool {
      columns.contains { Double($0 - first) > low * step + 6 && Double($0 - first) < high * step - 6 }
    }
    #expect(hasInk(between: 0, and: 1) && hasInk(between: 5, and: 6))
    #expect(!hasInk(between: 1, and: 3) && !hasInk(between: 3, and: 5))
    #expect(columns.contains(first + Int(3 * step)), "the value between two gaps has its marker")
  }

  @Test func thinningKeepsTheExtremes() throws {
    var values = [Double](repeating: 0, count: 100_000)
    values[61_803] = 1
    let pixels = redPixels(try picture(of: LineChart(series: [.init(name: "", values: values, color: red)])))
    let peak = try #require(pixels.min { $0.y < $1.y })
    #expect(peak.y < 90)
    #expect(pixels.filter { $0.y < 200 }.allSatisfy { abs($0.x - peak.x) <= 2 })
  }

  @Test(arguments: [
    [], [1], [.nan], [.nan, .infinity], [3, 3, 3], [1e299, -1e299], [.greatestFiniteMagnitude, 1],
    [0, .leastNonzeroMagnitude],
  ])
  func oddValuesAreDrawn(values: [Double]) throws {
    for best in [nil, LineChart.Series.Best.highest, .lowest] {
      let chart = LineChart(
        title: "odd", series: [.init(name: "a", values: values, best: best), .init(name: "", values: [])])
      #expect(try picture(of: chart).rgb.contains { $0 < 255 })
    }
  }

  @Test(arguments: [Int.min, -3, 0, .max])
  func anyFirstXIsDrawn(firstX: Int) throws {
    let chart = LineChart(series: [.init(name: "a", values: [1, 2, 3], color: red, best: .highest)], firstX: firstX)
    #expect(try !redPixels(picture(of: chart)).isEmpty)
    #expect(try words(in: chart).contains("best 3 at"))
  }

  @Test func aChartWithoutCurvesSaysSo() throws {
    #expect(try words(in: LineChart(title: "nothing", series: [])).contains("no data"))
  }

  @Test(arguments: [1.0, 7, 30, 90, 200])
  func anySizeIsDrawn(side: Double) throws {
    let series = (0..<30).map { LineChart.Series(name: "a rather long name \($0)", values: [1, Double($0)]) }
    let chart = LineChart(title: "small", xLabel: "epochs", yLabel: "loss", series: series)
    _ = try picture(of: chart, size: Canvas.Size(width: side, height: side))
    _ = try picture(of: chart, size: Canvas.Size(width: 10 * side, height: side))
  }

  @Test func namesThatFindNoRoomAreCounted() throws {
    let series = (0..<100).map { LineChart.Series(name: "a rather long name \($0)", values: [1, Double($0)]) }
    let words = try words(in: LineChart(series: series))
    #expect(words.contains("a rather long name 0") && !words.contains("a rather long name 99"))
    let shown = words.components(separatedBy: "a rather long name").count - 1
    #expect(words.contains("and \(100 - shown) more"))
  }

  /// A line stands between the last value of a part and the first of the next, from above the curves down to the axis.
  @Test func partsHaveNamesAndBorders() throws {
    var chart = LineChart(series: [.init(name: "", values: [1, 1, 1, 1, 1], color: red)])
    let plain = try picture(of: chart)
    chart.sections = [.init(name: "classes", start: 0), .init(name: "everything", start: 3)]
    let words = try words(in: chart)
    #expect(words.contains("classes") && words.contains("everything"))
    let pixels = redPixels(try picture(of: chart))
    let (left, right) = (try #require(pixels.map(\.x).min()), try #require(pixels.map(\.x).max()))
    let bitmap = try picture(of: chart)
    func grayness(_ bitmap: Bitmap, _ x: Int) -> Int {
      (60..<330).count { y in bitmap[x, y].red < 0.75 && bitmap[x, y].red > 0.4 }
    }
    // Markers are a little wider than their values; the curve reaches from value 0 to 4.
    let border = Double(left) + 4 + Double(right - left - 8) * 2.5 / 4
    let columns = Int(border) - 4...Int(border) + 4
    #expect(columns.contains { grayness(bitmap, $0) > 100 } && !columns.contains { grayness(plain, $0) > 100 })
    for sections in [
      [LineChart.Section(name: "a", start: -4)], [.init(name: "a", start: 99)], [.init(name: "", start: 0)],
      (0..<5).reversed().map { .init(name: "a very long name of a stage \($0)", start: $0) },
    ] {
      chart.sections = sections
      #expect(try !redPixels(picture(of: chart)).isEmpty)
    }
  }

  /// One long name does not keep the others out of the legend.
  @Test func longNamesLeaveRoomForOthers() throws {
    let names =
      ["a very long name that would take a whole row of the legend for itself"] + (1..<9).map { "curve \($0)" }
    let words = try words(
      in: LineChart(series: names.map { LineChart.Series(name: $0, values: [1, 2], best: .lowest) }))
    for number in 1..<9 { #expect(words.contains("curve \(number)")) }
    #expect(words.contains("a very long") && !words.contains("of the legend for itself") && !words.contains(" more"))
  }
}
