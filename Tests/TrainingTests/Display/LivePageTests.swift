import NN
import Tensor
import Testing

@testable import Serialization
@testable import Training

/// The page of the live view fits any terminal and shows what there is room for.
@Suite struct LivePageTests {
  private static let styles = [
    TextStyle(isUnicode: true, hasBraille: true, hasColours: true),
    TextStyle(isUnicode: true, hasBraille: false, hasColours: true),
    TextStyle(isUnicode: false, hasBraille: false, hasColours: false),
  ]

  private func report(_ epoch: Int, loss: Double, accuracy: Double) -> EpochReport {
    func figures(_ loss: Double, _ accuracy: Double) -> Figures {
      struct Given: Metric {
        var name: String { "accuracy" }
        let value: Double
        mutating func update(predicted: Tensor<Float>, expected: Tensor<Float>) {}
        mutating func reset() {}
      }
      return Figures(loss: loss, metrics: [Given(value: accuracy)])
    }
    return EpochReport(
      epoch: epoch, training: figures(loss, accuracy), validation: figures(loss * 1.25, accuracy * 0.75))
  }

  private func page(
    epochs: Int = 5, classes: [String] = ["cat", "dog"], loss: (Int) -> Double = { 1 / Double($0 + 1) },
    _ style: TextStyle
  ) -> LivePage {
    var snapshot = TrainingSnapshot()
    (snapshot.epoch, snapshot.epochs, snapshot.examples, snapshot.exampleCount) = (epochs, 150, 640, 5000)
    (snapshot.step, snapshot.learningRate, snapshot.examplesPerSecond) = (99, 0.001, 123.4)
    snapshot.figures = [("accuracy", 0.4375), ("loss", 1.2345)]
    snapshot.batchLosses = [3, 2, 1.5, 1.25]
    for epoch in 0..<epochs { snapshot.history.append(report(epoch, loss: loss(epoch), accuracy: 0.5)) }
    return LivePage(
      snapshot: snapshot,
      classes: classes.enumerated().map { LivePage.ClassCount(name: $1, right: $0, count: classes.count) },
      memory: 812_000_000, style: style)
  }

  @Test(arguments: styles.indices) func fitsEverySize(number: Int) {
    let style = Self.styles[number]
    let many = (0..<1000).map { "class \($0)" }
    let odd = ["گربه", "猫咪猫咪猫咪猫咪猫咪猫咪猫咪", "🐈‍⬛🐕", "a\u{1B}[2Jb", "", String(repeating: "long ", count: 50)]
    let values: [Double] = [.nan, 1e300, -1e300, .infinity, 0, 0]
    var pages = [
      page(style), page(epochs: 0, classes: [], style), page(epochs: 1, classes: odd, style),
      page(epochs: 1000, classes: many, style), page(epochs: 6, classes: odd, loss: { values[$0] }, style),
    ]
    var other = page(style)
    (other.isHelpShown, other.message) = (true, String(repeating: "message ", count: 40))
    pages.append(other)
    var validating = page(style)
    validating.snapshot.validation = (3, 7)
    pages.append(validating)
    for page in pages {
      for columns in Array(stride(from: 20, to: 83, by: 3)) + [120, 200] {
        for rows in [1, 3, 8, 12, 24, 60] {
          let lines = page.lines(columns: columns, rows: rows)
          #expect(lines.count <= rows && !lines.isEmpty)
          let texts = lines.map { $0.rendered(columns: columns, style) }
          for (line, text) in zip(lines, texts) {
            let plain = text.replacing(/\u{1B}\[[0-9;]*m/, with: "")
            #expect(plain.columnCount <= columns, "\(columns): \(plain)")
            #expect(!plain.unicodeScalars.contains("\u{1B}"))
            #expect(style.hasColours || !text.contains("[3"), "\(text)")
            let isASCII = line.text.utf8.allSatisfy { $0 < 128 }
            #expect(style.isUnicode || isASCII || odd.contains { line.text.contains($0.prefix(2)) })
          }
        }
      }
    }
  }

  @Test func aFigureThatBeginsLaterIsDrawnLater() throws {
    var page = page(epochs: 0, classes: [], Self.styles[2])
    page.snapshot.examples = 0
    for epoch in 0..<4 {
      let figures = epoch < 2 ? Figures(loss: 1, metrics: []) : report(epoch, loss: 1, accuracy: 0.5).training
      page.snapshot.history.append(EpochReport(epoch: epoch, training: figures, validation: nil))
    }
    let lines = page.lines(columns: 60, rows: 30).map(\.text)
    let heading = try #require(lines.firstIndex { $0 == "accuracy" })
    let marks = lines[heading...].flatMap { line in
      line.indices.filter { line[$0] == "*" }.map { line.distance(from: line.startIndex, to: $0) }
    }
    #expect(!marks.isEmpty && marks.allSatisfy { $0 > 30 }, "\(lines)")
  }

  @Test func showsWhatMatters() {
    let lines = page(Self.styles[2]).lines(columns: 80, rows: 24).map(\.text)
    #expect(lines.count == 24)
    #expect(lines[0].hasPrefix("Epoch 6/150 ########--") && lines[0].hasSuffix(" 12%"))
    let text = lines.joined(separator: "\n")
    for part in [
      "loss 1.2345", "accuracy 0.4375", "val_loss 0.2500", "rate 0.001", "examples/s 123", "memory 812 MB",
      "left 1:37:",
      "loss  * train o val", "accuracy  * train o val", "right by class", "cat ", "0.50", "q stop after the step",
    ] {
      #expect(text.contains(part), "\(part):\n\(text)")
    }
    // Narrow: the same facts below each other.
    let narrow = page(Self.styles[2]).lines(columns: 20, rows: 40).map(\.text)
    for part in ["loss 1.2345", "rate 0.001", "memory 812 MB", "right by class", "q e - +  ? help"] {
      #expect(narrow.contains { $0.contains(part) }, "\(narrow)")
    }
    let first = page(epochs: 0, Self.styles[0]).lines(columns: 80, rows: 24).map(\.text)
    #expect(first.contains { $0.contains("loss by step") })
    var help = page(Self.styles[0])
    help.isHelpShown = true
    #expect(help.lines(columns: 20, rows: 24).map(\.text).contains("-  halve the rate"))
    // The sentence at the end is there whole or not at all, and a wide terminal has whole sentences.
    for (columns, rows) in [(20, 24), (40, 15), (40, 12), (80, 24), (200, 50)] {
      let lines = help.lines(columns: columns, rows: rows).map(\.text)
      #expect(lines.contains { $0.hasPrefix("What is stopped") } == lines.contains { $0.hasPrefix("checkpoint.") })
      #expect(lines.contains("A training that is stopped can continue from its checkpoint.") == (columns >= 80))
    }
  }

  @Test func theWorstClassesComeFirst() {
    let lines = page(classes: (0..<100).map { "class \($0)" }, Self.styles[2]).lines(columns: 40, rows: 30).map(\.text)
    let table = lines.drop { !$0.hasPrefix("worst ") }
    #expect(table.dropFirst().first?.hasPrefix("class 0 ") == true, "\(lines)")
    #expect(table.dropFirst(2).first?.hasPrefix("class 1 ") == true)
  }

  @Test func curvesGoThroughTheirValues() {
    let rising = CurvePlot(
      series: [CurvePlot.Series(values: [0, 1, 2, 3], colour: .cyan, mark: "*")])
    #expect(rising.range == 0...3)
    #expect(rising.lines(columns: 4, rows: 4, Self.styles[2]).map(\.text) == ["   *", "  * ", " *  ", "*   "])
    // Two dots beside each other and four above each other make a character.
    #expect(rising.lines(columns: 2, rows: 1, Self.styles[0]).map(\.text) == ["⡠⠊"])
    let gap = CurvePlot(series: [CurvePlot.Series(values: [1, .nan, nil, 1], colour: .cyan, mark: "*")])
    #expect(gap.lines(columns: 4, rows: 1, Self.styles[2]).map(\.text) == ["*  *"])
    let tiny = CurvePlot(
      series: [CurvePlot.Series(values: [0, .leastNonzeroMagnitude], colour: .cyan, mark: "*")])
    #expect(tiny.lines(columns: 2, rows: 1, Self.styles[2]).map(\.text) == ["**"])
    let crossing = CurvePlot(
      series: [
        CurvePlot.Series(values: [0, 1], colour: .cyan, mark: "*"),
        CurvePlot.Series(values: [1, 0], colour: .yellow, mark: "o"),
      ])
    #expect(crossing.lines(columns: 3, rows: 3, Self.styles[2]).map(\.text) == ["o *", " # ", "* o"])
    #expect(CurvePlot(series: []).lines(columns: 3, rows: 1, Self.styles[0]).map(\.text) == ["   "])
    #expect(CurvePlot(series: []).lines(columns: 0, rows: 0, Self.styles[0]).isEmpty)
  }

  @Test func memoryIsReadable() {
    #expect([0, 812_000_000, 1_240_000_000].map(LivePage.bytes) == ["0 MB", "812 MB", "1.24 GB"])
  }

  /// Keys ask for what they say.
  @Test func keysAreRequests() {
    let stop = StopRequest()
    let view = LiveView(stop: stop)
    view.press("x")
    #expect(stop.requested == .never)
    view.press("e")
    #expect(stop.requested == .afterEpoch)
    view.press("e")
    #expect(stop.requested == .never)
    view.press("e")
    view.press("q")
    #expect(stop.requested == .afterBatch)
  }
}
