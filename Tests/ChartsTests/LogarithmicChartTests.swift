import Charts
import Foundation
import Testing

@Suite struct LogarithmicChartTests {
  private func svg(_ chart: some Chart) throws -> String {
    let canvas = try Canvas(.svg, size: chart.preferredSize)
    chart.draw(on: canvas, in: canvas.bounds)
    return String(decoding: try canvas.encoded(), as: UTF8.self).components(separatedBy: "</desc>")[0]
  }

  @Test func theWordsAndPowersAreThere() throws {
    let rates = (0..<9).map { pow(10, Double($0) - 7) }
    let words = try svg(
      LogarithmicChart(
        title: "Rates", xLabel: "learning rate", yLabel: "loss",
        series: [
          .init(name: "smoothed loss", x: rates, y: rates.map { 2 - $0 }),
          .init(name: "suggestion", x: [1e-3], y: [1], isLine: false),
        ]))
    for word in ["Rates", "learning rate", "loss", "smoothed loss", "suggestion", "10⁻⁷", "10⁻³"] {
      #expect(words.contains(word), "\(word)")
    }
  }

  @Test func whatCannotBeDrawnLeavesAGap() throws {
    let gaps = LogarithmicChart(
      series: [.init(name: "a", x: [0, -1, .nan, 1e-3, 1e-2, .infinity], y: [1, 1, 1, .nan, 2, 3])])
    #expect(try !svg(gaps).contains("no data"))
    let none = LogarithmicChart(series: [.init(name: "a", x: [0, 1, -3], y: [1, .infinity])])
    #expect(try svg(none).contains("no data"))
    #expect(try svg(LogarithmicChart(series: [])).contains("no data"))
    let far = LogarithmicChart(series: [.init(name: "a", x: [1e-300, 1e300], y: [-1e290, 1e290])])
    #expect(try !svg(far).contains("no data"))
  }

  /// An axis shorter than two powers of ten has numbers all the same.
  @Test func aShortAxisHasRoundNumbers() throws {
    let words = try svg(LogarithmicChart(series: [.init(name: "a", x: [0.1, 0.11, 0.12], y: [1, 2, 3])]))
    for word in ["0.10", "0.11", "0.12"] { #expect(words.contains(word), "\(word)") }
    for x in [1e-300, 1e-3, 7, 1.7e308] {
      #expect(try !svg(LogarithmicChart(series: [.init(name: "a", x: [x], y: [1])])).contains("no data"))
    }
  }
}
