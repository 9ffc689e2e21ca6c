import Foundation
import Kilim
import Testing

/// A metric with a fixed value.
private struct FixedMetric: Metric {
  var name: String
  var value: Double
  var direction: MetricDirection?

  init(_ name: String, _ value: Double, _ direction: MetricDirection? = nil) {
    self.name = name
    self.value = value
    self.direction = direction
  }

  mutating func update(predicted: Tensor<Float>, expected: Tensor<Float>) {}
  mutating func reset() {}

  // JSON has no numbers that are not finite.
  init(from decoder: any Decoder) throws {
    self.init(try decoder.singleValueContainer().decode(String.self), 0)
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(name)
  }
}

/// The charts of results, as a program with one import draws them.
@Suite struct ResultChartsTests {
  /// The history of a small model on four examples of two numbers.
  private func history(
    epochs: Int, metrics: [any Metric], loss: any Loss = .meanSquaredError, isValidated: Bool = true
  ) throws -> History {
    let inputs = Tensor<Float>(shape: [4, 2], scalars: [0, 0, 0, 1, 1, 0, 1, 1])
    let targets = Tensor<Float>(shape: [4, 2], scalars: [1, 0, 0, 1, 0, 1, 1, 0])
    let data = try TensorDataset(inputs: inputs, targets: targets, classes: ["zero", "one"])
    let model = try Sequential(input: [2], layers: [Dense(2, activation: .softmax)])
    return try model.fit(
      data, validation: isValidated ? data : nil, epochs: epochs, loss: loss, metrics: metrics, progress: .silent)
  }

  private func panels(_ figure: Figure) throws -> [LineChart] {
    try figure.panels.map { try #require($0 as? LineChart) }
  }

  private func picture(of chart: some Chart) throws -> Bitmap {
    let canvas = try Canvas(.png, size: chart.preferredSize)
    chart.draw(on: canvas, in: canvas.bounds)
    return try canvas.bitmap()
  }

  private func words(in chart: some Chart) throws -> String {
    let canvas = try Canvas(.svg, size: chart.preferredSize)
    chart.draw(on: canvas, in: canvas.bounds)
    return String(decoding: try canvas.encoded(), as: UTF8.self).split(separator: "</desc>").first.map(String.init)
      ?? ""
  }

  @Test func accuracyStandsLeftOfTheLoss() throws {
    let history = try history(epochs: 3, metrics: [Accuracy()], loss: .categoricalCrossEntropy)
    let figure = history.chart(title: "Cats and dogs")
    let panels = try panels(figure)
    #expect(panels.map(\.title) == ["Accuracy", "Loss"] && figure.columns == 2)
    #expect(panels[0].series.map(\.name) == ["train accuracy", "validation accuracy"])
    #expect(panels[1].series.map(\.name) == ["train loss", "validation loss"])
    #expect(panels[0].series.map(\.best) == [nil, .highest] && panels[1].series.map(\.best) == [nil, .lowest])
    #expect(panels[0].series[1].values == history["val_accuracy"] && panels[1].series[0].values == history["loss"])
    #expect(panels.allSatisfy { $0.xLabel == "epochs" && $0.firstX == 1 })
    let words = try words(in: figure)
    #expect(words.contains("Cats and dogs") && words.contains("\n1\n2\n3\n") && !words.contains("test"))
  }

  @Test func regressionHasNoAccuracy() throws {
    let figure = try history(epochs: 2, metrics: [FixedMetric("mae", 0.25)]).chart()
    #expect(try panels(figure).map(\.title) == ["Loss", "Mae"])
    #expect(try !words(in: figure).contains("no data"))
    let alone = try history(epochs: 2, metrics: []).chart()
    #expect(try panels(alone).map(\.title) == ["Loss"] && alone.columns == 1)
  }

  /// The best value of every metric that says its direction is marked.
  @Test func bestValueFollowsTheDirection() throws {
    let metrics = [FixedMetric("f1", 0.5, .max), FixedMetric("mae", 0.25, .min), FixedMetric("other", 1)]
    let history = try history(epochs: 2, metrics: metrics)
    #expect(history.directions == ["loss": .min, "f1": .max, "mae": .min])
    let panels = try panels(history.chart())
    #expect(panels.map(\.title) == ["Loss", "F1", "Mae", "Other"])
    #expect(panels.map { $0.series[1].best } == [.lowest, .highest, .lowest, nil])
    let words = try words(in: history.chart())
    #expect(words.contains("best 0.5 at 1") && words.contains("best 0.25 at 1"))
    let data = try JSONEncoder().encode(history)
    #expect(try JSONDecoder().decode(History.self, from: data) == history)
    // As an earlier version has written it.
    let earlier = Data(#"{"epochs": [], "wasStopped": true}"#.utf8)
    #expect(try JSONDecoder().decode(History.self, from: earlier).directions == ["loss": .min])
  }

  @Test func trainingWithoutValidationHasOneCurve() throws {
    let figure = try history(epochs: 2, metrics: [], isValidated: false).chart()
    #expect(try panels(figure)[0].series.map(\.name) == ["train loss"])
  }

  @Test func manyMetricsAreBounded() throws {
    let figure = try history(epochs: 1, metrics: (0..<20).map { FixedMetric("m\($0 + 10)", 1) }).chart()
    #expect(try panels(figure).map(\.title) == ["Loss", "M10", "M11", "M12", "M13", "M14"])
  }

  @Test func oneEpochShowsItsMarkers() throws {
    let figure = try history(epochs: 1, metrics: [FixedMetric("a", 0.5)]).chart()
    let picture = try picture(of: figure)
    // The left half shows the loss, the right half the metric; both curves have a point in each.
    for (first, last) in [(0, picture.width / 2), (picture.width / 2, picture.width)] {
      let validation = (0..<picture.height).contains { y in
        (first..<last).contains { picture[$0, y] == Color(hex: 0xD55E00) }
      }
      #expect(validation)
    }
  }

  @Test func valuesThatAreNoNumbersLeaveGaps() throws {
    for value in [Double.nan, .infinity, -.infinity] {
      let figure = try history(epochs: 3, metrics: [FixedMetric("odd", value)]).chart()
      #expect(try panels(figure).map(\.title) == ["Loss", "Odd"])
      let words = try words(in: figure)
      #expect(words.contains("no data") && !words.lowercased().contains("nan") && !words.contains("inf"))
    }
  }

  @Test func nothingTrainedSaysSo() throws {
    #expect(try words(in: History().chart()).contains("no data"))
  }

  @Test func curvesFollowTheFigures() throws {
    let history = try history(epochs: 4, metrics: [FixedMetric("level", 3)], isValidated: false)
    let chart = try panels(history.chart())[1]
    let picture = try picture(of: chart)
    let blue = (0..<picture.width * picture.height).map { (x: $0 % picture.width, y: $0 / picture.width) }
      .filter { $0.y > 70 && picture[$0.x, $0.y] == Color(hex: 0x0072B2) }
    let (left, right) = (try #require(blue.map(\.x).min()), try #require(blue.map(\.x).max()))
    let (top, bottom) = (try #require(blue.map(\.y).min()), try #require(blue.map(\.y).max()))
    #expect(right - left > 350 && bottom - top <= 8, "a level curve over the whole width")
  }

  @Test func aSearchShowsItsSuggestion() throws {
    let model = try Sequential(input: [2], seed: 1) { Dense(2, activation: .softmax) }
    let data = try TensorDataset(
      inputs: Tensor(shape: [4, 2], scalars: [1, 0, 0, 1, 2, 0, 0, 2]),
      targets: Tensor(shape: [4, 2], scalars: [1, 0, 0, 1, 1, 0, 0, 1]))
    let search = try model.findLearningRate(data, steps: 40, batchSize: 2, loss: .categoricalCrossEntropy)
    let suggestion = try #require(search.suggestion)
    let chart = search.chart()
    #expect(chart.series.count == 2 && chart.series[0].x == search.rates && chart.series[1].x == [suggestion])
    #expect(chart.series[1].name == "suggestion: " + String(format: "%.2g", suggestion))
    let short = try model.findLearningRate(data, steps: 3, loss: .categoricalCrossEntropy)
    #expect(short.chart().series.count == 1)
  }

  @Test func confusionCountsBecomeAMatrix() throws {
    let counts = ConfusionCounts(expected: [0, 0, 1, 1], predicted: [0, 1, 1, 1], classes: ["سگ", "cat"])
    let chart = counts.chart(title: "Test")
    #expect(chart.counts == [[1, 1], [0, 2]] && chart.classNames == ["سگ", "cat"])
    #expect(try words(in: chart).contains("Test: accuracy 75.0% (3 of 4)"))
    #expect(counts.chart().title == "Confusion matrix")
    // The lower right cell holds its whole row, the lower left one nothing.
    let picture = try picture(of: chart)
    let dark = (0..<picture.width * picture.height).map { (x: $0 % picture.width, y: $0 / picture.width) }
      .filter { $0.x < picture.width - 160 && picture[$0.x, $0.y] == Color(hex: 0x08306B) }
    let (left, top) = (try #require(dark.map(\.x).min()), try #require(dark.map(\.y).min()))
    #expect(left > 150 && top > 150 && dark.count > 10_000)
  }

  @Test func photosBecomeBitmaps() throws {
    let pixels: [UInt8] = [255, 0, 0, 0, 255, 0, 0, 0, 255, 1, 2, 3, 4, 5, 6, 7, 8, 9]
    let bitmap = Bitmap(Image(width: 3, height: 2, pixels: pixels))
    #expect(bitmap.width == 3 && bitmap.height == 2 && bitmap.rgb == pixels)
    #expect(bitmap[1, 0] == .green && bitmap[2, 1] == Color(hex: 0x070809))
  }

  @Test func stagesAreParts() throws {
    let (first, second) = (try history(epochs: 3, metrics: []), try history(epochs: 2, metrics: []))
    let whole = first.followed(by: second, stage: "classes")
    let panels = try panels(whole.chart())
    #expect(panels.allSatisfy { $0.sections == [.init(name: "classes", start: 0)] })
    #expect(try self.panels(first.chart()).allSatisfy { $0.sections.isEmpty })
  }
}
