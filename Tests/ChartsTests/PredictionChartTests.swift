import Charts
import Foundation
import Testing

@Suite struct PredictionChartTests {
  private func svg(_ chart: some Chart) throws -> String {
    let canvas = try Canvas(.svg, size: chart.preferredSize)
    chart.draw(on: canvas, in: canvas.bounds)
    return String(decoding: try canvas.encoded(), as: UTF8.self)
  }

  @Test func theWordsAndNumbersAreThere() throws {
    let words = try svg(PredictionChart(title: "price: R² 0.9", expected: [0, 50, 100], predicted: [10, 40, 80]))
      .components(separatedBy: "</desc>")[0]
    for word in ["price: R² 0.9", "true value", "predicted value", "0", "100"] {
      #expect(words.contains(word), "\(word)")
    }
  }

  @Test func whatCannotBeDrawnIsLeftOut() throws {
    #expect(try svg(PredictionChart(expected: [], predicted: [])).contains("no data"))
    #expect(try svg(PredictionChart(expected: [.nan, 1], predicted: [1, .infinity])).contains("no data"))
    for ends in [[3, 3], [-1e290, 1e290], [0, 1e-300], [-5, .nan, 7]] {
      #expect(try !svg(PredictionChart(expected: ends, predicted: ends)).contains("no data"), "\(ends)")
    }
  }

  /// Of very many examples, no more dots are drawn than there are places.
  @Test func theFileStaysSmall() throws {
    let values = (0..<200_000).map { Double($0 % 1000) }
    let many = try svg(PredictionChart(expected: values, predicted: values))
    let few = try svg(PredictionChart(expected: Array(values.prefix(1000)), predicted: Array(values.prefix(1000))))
    #expect(many.utf8.count == few.utf8.count)
  }
}
