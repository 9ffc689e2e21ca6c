import Charts
import Foundation
import Testing

/// Pictures stay bounded, whatever the data.
@Suite struct PictureSizeTests {
  private let dot = Bitmap(width: 1, height: 1, rgb: [9, 9, 9])

  /// The pixels of a PNG at the default scale of `write(to:)`.
  private func pixelCount(of chart: some Chart) -> Double {
    4 * chart.preferredSize.width * chart.preferredSize.height
  }

  private func svg(of chart: some Chart) throws -> String {
    let canvas = try Canvas(.svg, size: chart.preferredSize)
    chart.draw(on: canvas, in: canvas.bounds)
    return String(decoding: try canvas.encoded(), as: UTF8.self)
  }

  private func words(in chart: some Chart) throws -> [String] {
    let svg = try svg(of: chart)
    let start = try #require(svg.range(of: "<desc>")).upperBound
    let end = try #require(svg.range(of: "</desc>")).lowerBound
    return svg[start..<end].components(separatedBy: "\n")
  }

  private func matrix(_ count: Int, confused: [(Int, Int)] = []) -> ConfusionMatrixChart {
    var counts = (0..<count).map { row in (0..<count).map { row == $0 ? 8 : 0 } }
    for (row, column) in confused { counts[row][column] = 2 }
    return ConfusionMatrixChart(counts: counts, classNames: (0..<count).map { "c\($0)" })
  }

  @Test(arguments: [1, 11, 50, 300, 2000])
  func confusionMatrix(count: Int) throws {
    let chart = matrix(count)
    #expect(pixelCount(of: chart) <= 16e6)
    let path = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).png").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    try chart.write(to: path)
    #expect(try Data(contentsOf: URL(fileURLWithPath: path)).count < 4_000_000)
  }

  @Test func smallCellsKeepTheirColours() throws {
    let chart = matrix(200)
    let canvas = try Canvas(.png, size: chart.preferredSize)
    chart.draw(on: canvas, in: canvas.bounds)
    let bitmap = try canvas.bitmap()
    let dark = (0..<bitmap.width * bitmap.height).map { (x: $0 % bitmap.width, y: $0 / bitmap.width) }
      .filter { bitmap[$0.x, $0.y] == Color(hex: 0x08306B) && $0.x < bitmap.width - 160 }
    let left = try #require(dark.map(\.x).min())
    let top = try #require(dark.map(\.y).min())
    let right = try #require(dark.map(\.x).max())
    // The diagonal, from the upper left to the lower right, with cells of about 7 points.
    #expect(right - left > 1000)
    #expect(dark.allSatisfy { abs(($0.x - left) - ($0.y - top)) <= 9 })
    #expect(dark.count > 200 * 20)
  }

  @Test func labelsOfManyClassesAreThinned() throws {
    let names = try words(in: matrix(300)).filter { $0.hasPrefix("c") && Int($0.dropFirst()) != nil }
    #expect(names.contains("c0") && names.count < 2 * 300 && names.count > 100)
    #expect(try words(in: matrix(100)).filter { $0 == "c99" }.count == 2)
  }

  @Test func theMostConfusedOfVeryManyClassesAreShown() throws {
    let chart = matrix(1000, confused: [(7, 991), (500, 3)])
    let words = try words(in: chart)
    #expect(words[0] == "Confusion matrix (300 most confused of 1000 classes): accuracy >99.9% (8000 of 8004)")
    // 7, 991, 500 and 3 come first; the rest is filled up from the start.
    #expect(words.contains("c0") && !words.contains("c400"))
    let shown = try Canvas(.png, size: chart.preferredSize)
    chart.draw(on: shown, in: shown.bounds)
    _ = try shown.bitmap()
  }

  @Test func longClassNamesAreCut() throws {
    let long = String(repeating: "very long ", count: 10_000)
    let chart = ConfusionMatrixChart(counts: [[1, 2], [3, 4]], classNames: [long, "سگ" + long])
    let words = try words(in: chart)
    #expect(words.filter { $0.hasSuffix("…") }.count == 4)
    #expect(words.allSatisfy { $0.count < 200 })
  }

  @Test(arguments: [1, 24, 400, 10_000], [nil, 1, 7, 100_000])
  func imageGrid(count: Int, columns: Int?) throws {
    let samples = (0..<count).map { ImageGrid.Sample(image: dot, expected: "a", predicted: "b\($0)") }
    let grid = ImageGrid(title: "samples", samples: samples, columns: columns)
    #expect(pixelCount(of: grid) <= 16.1e6, "\(grid.preferredSize)")
    let words = try words(in: grid)
    #expect(words[0] == "samples" || words[0].wholeMatch(of: /samples \(\d+ of \d+\)/) != nil)
    #expect(words.contains("true: a") && !words.contains { $0.contains("too small") })
  }

  @Test(arguments: [1, 11, 200, 5000], [1, 12, 3000])
  func contactSheet(rows: Int, images: Int) throws {
    let sheet = ContactSheet(
      title: "photos",
      rows: (0..<rows).map { .init(title: "r\($0)", remark: "n", images: Array(repeating: dot, count: images)) })
    #expect(pixelCount(of: sheet) <= 16.1e6, "\(sheet.preferredSize)")
    #expect(2 * max(sheet.preferredSize.width, sheet.preferredSize.height) <= 32_767)
    let words = try words(in: sheet)
    #expect(rows > 100 ? words[0] == "photos (100 of \(rows) rows)" : words[0] == "photos")
    // Pictures that can be recognized, however many classes there are.
    #expect(
      sheet.preferredSize.height <= 104 * 100 + 100
        && (images > 12 || sheet.preferredSize.height >= 40 * Double(min(rows, 100))))
    #expect(words.contains("r0") && !words.contains { $0.contains("too small") })
  }

  @Test func figuresOfManyPanels() throws {
    for columns in [nil, 1, 8] {
      let panel = LineChart(title: "p", series: [.init(name: "s", values: [1, 2])])
      let figure = Figure(title: "all", columns: columns, panels: Array(repeating: panel, count: 300))
      #expect(pixelCount(of: figure) <= 16.1e6)
      #expect(2 * max(figure.preferredSize.width, figure.preferredSize.height) <= 32_767)
      _ = try svg(of: figure)
    }
  }

  @Test func curvesOfManyEpochsAndSeries() throws {
    let values = (0..<100_000).map { Double($0 * 7919 % 1000) }
    let long = LineChart(series: [.init(name: "loss", values: values)])
    #expect(try svg(of: long).utf8.count < 400_000)
    let many = LineChart(series: (0..<3000).map { .init(name: "series \($0)", values: [1, Double($0)]) })
    #expect(try words(in: many).contains { $0.wholeMatch(of: /and \d+ more/) != nil })
  }

  @Test func aPictureOverTheLimitIsRefused() throws {
    #expect(throws: DrawingError.tooManyPixels(width: 20_000, height: 20_000, limit: Canvas.defaultPixelLimit)) {
      try Canvas(width: 20_000, height: 20_000)
    }
    let error = DrawingError.tooManyPixels(width: 20_000, height: 20_000, limit: 64_000_000)
    #expect(error.description.contains("1600 MB") && error.description.contains("64000000"))
    let size = Canvas.Size(width: 100, height: 10)
    #expect(throws: DrawingError.self) { try Canvas(.png, size: size, pixelLimit: 999) }
    _ = try Canvas(.png, size: size, pixelLimit: 1000)
    _ = try Canvas(.svg, size: Canvas.Size(width: 20_000, height: 20_000))
  }
}
