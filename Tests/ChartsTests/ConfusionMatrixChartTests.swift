import Charts
import Foundation
import Testing

@Suite struct ConfusionMatrixChartTests {
  private func words(in chart: ConfusionMatrixChart, size: Canvas.Size? = nil) throws -> [String] {
    let canvas = try Canvas(.svg, size: size ?? chart.preferredSize)
    chart.draw(on: canvas, in: canvas.bounds)
    let svg = String(decoding: try canvas.encoded(), as: UTF8.self)
    let start = try #require(svg.range(of: "<desc>")).upperBound
    let end = try #require(svg.range(of: "</desc>")).lowerBound
    return svg[start..<end].components(separatedBy: "\n")
  }

  private func picture(of chart: ConfusionMatrixChart, size: Canvas.Size) throws -> Bitmap {
    let canvas = try Canvas(width: Int(size.width), height: Int(size.height))
    chart.draw(on: canvas, in: canvas.bounds)
    return try canvas.bitmap()
  }

  @Test func countsSharesAndAccuracyAreWritten() throws {
    let chart = ConfusionMatrixChart(counts: [[9, 3], [1, 187]], classNames: ["cat", "dog"])
    let words = try words(in: chart)
    #expect(words.contains("Confusion matrix: accuracy 98.0% (196 of 200)"))
    for word in ["9", "75%", "3", "25%", "1", "0.5%", "187", "99%", "true class", "predicted class"] {
      #expect(words.contains(word), "\(word)")
    }
    #expect(words.filter { $0 == "cat" }.count == 2 && words.filter { $0 == "dog" }.count == 2)
  }

  @Test func rowsAreTrueAndColumnsPredicted() throws {
    // Every cat is taken for a dog: the only dark cell of the upper row is the right one, and the lower row is empty.
    let chart = ConfusionMatrixChart(title: "", counts: [[0, 5], [0, 0]], classNames: ["cat", "dog"])
    let bitmap = try picture(of: chart, size: Canvas.Size(width: 400, height: 400))
    let dark = (0..<160_000).map { (x: $0 % 400, y: $0 / 400) }.filter { bitmap[$0.x, $0.y] == Color(hex: 0x08306B) }
    // The colour bar at the right has this colour in its top row alone.
    let cell = dark.filter { place in dark.count { $0.x == place.x } > 20 }
    let left = try #require(cell.map(\.x).min())
    let right = try #require(cell.map(\.x).max())
    let bottom = try #require(cell.map(\.y).max())
    let side = right - left
    #expect(side > 80 && left > side + 40, "a cell of the same width lies to the left")
    #expect(bottom < 60 + side && bottom < 240, "a cell of the same height lies below")
  }

  @Test func emptyMatricesAreDrawn() throws {
    #expect(try words(in: ConfusionMatrixChart(counts: [], classNames: [])) == ["Confusion matrix", "no classes"])
    let blank = try words(in: ConfusionMatrixChart(counts: [[0, 0], [0, 0]], classNames: ["a", "b"]))
    #expect(blank.contains("Confusion matrix") && !blank.contains { $0.contains("%") && $0.contains("accuracy") })
  }

  @Test func cellsTooSmallForTextStayBare() throws {
    let count = 50
    let counts = (0..<count).map { row in (0..<count).map { row == $0 ? 7_777 : 0 } }
    let chart = ConfusionMatrixChart(counts: counts, classNames: (0..<count).map { "class \($0)" })
    let small = try words(in: chart, size: Canvas.Size(width: 600, height: 600))
    #expect(!small.contains("7777"))
    let large = try words(in: chart, size: Canvas.Size(width: 4000, height: 4000))
    #expect(large.filter { $0 == "7777" }.count == count)
    #expect(large.filter { $0 == "class 49" }.count == 2)
  }

  @Test(arguments: [1, 2, 11, 50, 300])
  func anyNumberOfClassesIsDrawn(count: Int) throws {
    let counts = [[Int]](repeating: [Int](repeating: .max, count: count), count: count)
    let chart = ConfusionMatrixChart(
      counts: counts, classNames: [String](repeating: "a name that is long", count: count))
    for side in [1.0, 50, 300] {
      _ = try picture(of: chart, size: Canvas.Size(width: side, height: side))
    }
    // All counts are equal, so all cells have the colour of one share: 1 / count.
    let bitmap = try picture(of: chart, size: chart.preferredSize)
    let position = 8 / Double(count)
    let stops = [0xF7FBFF, 0xDEEBF7, 0xC6DBEF, 0x9ECAE1, 0x6BAED6, 0x4292C6, 0x2171B5, 0x08519C, 0x08306B]
      .map { Color(hex: $0) }
    let below = min(Int(position), 7)
    let color = stops[below].mixed(with: stops[below + 1], fraction: position - Double(below))
    let cells = (0..<bitmap.width * bitmap.height).count { index in
      let found = bitmap[index % bitmap.width, index / bitmap.width]
      return [(found.red, color.red), (found.green, color.green), (found.blue, color.blue)]
        .allSatisfy { abs($0 - $1) < 1.5 / 255 }
    }
    let side = min(max(260, Double(count) * min(max(560 / Double(count), 18), 80)), 1600)
    #expect(Double(cells) > 0.5 * side * side, "the cells cover most of the matrix")
  }

  @Test func raggedCountsStop() async {
    await #expect(processExitsWith: .failure) {
      _ = ConfusionMatrixChart(counts: [[1, 2], [3]], classNames: ["a", "b"])
    }
    await #expect(processExitsWith: .failure) {
      _ = ConfusionMatrixChart(counts: [[1]], classNames: ["a", "b"])
    }
  }

  /// Cut names keep their ends where their beginnings are the same.
  @Test func namesThatBeginAlikeKeepTheirEnds() throws {
    let names = (0..<3).map { "a very long name of a class of birds of the northern mountains, number \($0)" }
    let chart = ConfusionMatrixChart(counts: [[1, 0, 0], [0, 1, 0], [0, 0, 1]], classNames: names)
    let words = try words(in: chart)
    for number in 0..<3 {
      #expect(words.contains { $0.hasPrefix("a ") && $0.contains("…") && $0.hasSuffix("\(number)") })
    }
    let other = ConfusionMatrixChart(counts: [[1, 0], [0, 1]], classNames: ["b" + names[0], names[1]])
    #expect(try self.words(in: other).contains { $0.hasPrefix("ba ") && $0.hasSuffix("…") })
  }
}
