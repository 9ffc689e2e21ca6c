import Foundation
import Serialization
import TestSupport
import Testing
import Training

@testable import Reports

/// Pages, read as text.
struct HTMLReportTests {
  @Test func namesCannotBecomeMarkup() throws {
    let hostile = "</style><script>alert(1)</script><img src=x onerror=\"alert('2')\">&amp;\u{202E}\u{7}"
    var report = try sampleReport(hostile, classes: [hostile, "b' onmouseover='alert(3)", "c\" autofocus onfocus=\"x"])
    report.settings = [.init(hostile, hostile)]
    report.environment = report.settings
    report.timing = report.settings
    (report.text, report.network, report.date) = (hostile, hostile, hostile)
    let other = try sampleReport("\"><svg/onload=alert(4)>")
    let html = HTMLReport(title: hostile, runs: [report, other]).html
    // All that begins with "<" is an element that the page writes itself.
    let names = Set(
      html.split(separator: "<").dropFirst().map { $0.prefix { $0.isLetter || $0.isNumber || "/!".contains($0) } })
    let own: Set<Substring> = [
      "!DOCTYPE", "html", "head", "meta", "title", "link", "style", "body", "a", "header", "h1", "nav", "ul", "li",
      "main",
      "section", "h2", "h3", "div", "table", "caption", "thead", "tr", "th", "td", "tbody", "figure", "figcaption",
      "svg",
      "line", "text", "path", "circle", "rect", "p", "details", "summary", "pre", "img", "span", "strong", "br",
      "script",
    ]
    let scriptOperators: Set<Substring> = ["", "=", " "]
    let unknown = names.map { $0.hasPrefix("/") ? $0.dropFirst() : $0 }.filter {
      !own.contains($0) && !scriptOperators.contains($0)
    }
    #expect(unknown.isEmpty, "\(unknown)")
    #expect(html.components(separatedBy: "<script").count == 2 && html.components(separatedBy: "<style").count == 2)
    #expect(!html.contains("<img src=x") && !html.contains("' onmouseover") && !html.contains("\" autofocus"))
    #expect(!html.contains("\u{202E}") && !html.contains("\u{7}") && html.contains("\\u{202E}"))
    #expect(!html.contains("http://") && !html.contains("https://"))
  }

  @Test func theNumbersAreThere() throws {
    let (first, second) = (try sampleReport(), try sampleReport("second", epochs: 2))
    let alone = HTMLReport(title: "One", runs: [first]).html
    for text in [
      "0.8333", "NaN", "1.250000", "Confusion matrix", "data:image/jpeg;base64,/9j/", "aria-live",
      "prefers-color-scheme",
    ] {
      #expect(alone.contains(text) == (text != "NaN"), "\(text)")
    }
    let both = HTMLReport(title: "Two", runs: [first, second]).html
    #expect(both.contains("Settings in which the trainings differ") && both.contains("second: Confusion matrix"))
    #expect(both.contains("second: test"))
  }

  /// Of several classes or of numbers.
  @Test func aReportInTextHasAHeadingOfItsOwn() throws {
    var report = try sampleReport()
    #expect(!HTMLReport(title: "One", runs: [report]).html.contains("Test report"))
    (report.classification, report.text) = (nil, "price 21.3")
    let html = HTMLReport(title: "One", runs: [report]).html
    #expect(html.contains("Test report") && html.contains("price 21.3") && !html.contains("id=\"run0-classes\""))
  }

  /// A file from outside may hold anything.
  @Test func predictionsThatMakeNoSenseAreRefused() throws {
    let folder = try TemporaryFolder()
    func read(_ predictions: String) throws -> RunReport {
      let report = try sampleReport()
      try report.write(to: folder.path("report.json"), replacing: .anyFile)
      let text = try String(contentsOfFile: folder.path("report.json"), encoding: .utf8)
      let row =
        "{\"name\":\"price\",\"count\":2,\"meanAbsoluteError\":1,\"rootMeanSquaredError\":1,\"r2\":0.5,\(predictions)}"
      try ("{\"numberPredictions\":[\(row)]," + text.dropFirst()).write(
        toFile: folder.path("changed.json"), atomically: true, encoding: .utf8)
      return try RunReport(contentsOf: folder.path("changed.json"))
    }
    let report = try read("\"expected\":[1,-1e299],\"predicted\":[2,1e299]")
    #expect(HTMLReport(title: "One", runs: [report]).html.components(separatedBy: "class=\"dot\"").count == 3)
    #expect(throws: ReportError.self) { try read("\"expected\":[1],\"predicted\":[2,3]") }
    #expect(throws: ReportError.self) { try read("\"expected\":[1],\"predicted\":[1e300]") }
  }

  /// The best of figures that were measured on other test data, or of other losses, is not marked.
  @Test func onlyWhatCanBeComparedHasABest() throws {
    let first = try sampleReport()
    var second = try sampleReport("second")
    second.figures = try JSONDecoder().decode(
      Figures.self, from: Foundation.Data("{\"loss\":0.4,\"metrics\":{\"accuracy\":0.5}}".utf8))
    func marks() -> (count: Int, page: String) {
      let page = HTMLReport(title: "Two", runs: [first, second]).html
      return (page.components(separatedBy: ">best<").count - 1, page)
    }
    #expect(marks().count == 1 && !marks().page.contains("marked as the best"))
    second.measurement?.loss = "mean squared error"
    #expect(marks().count == 0 && marks().page.contains("different losses"))
    second.measurement?.data = "2e"
    #expect(marks().count == 0 && marks().page.contains("different test data"))
    second.measurement = nil
    #expect(marks().count == 0 && marks().page.contains("not known"))
  }

  /// A training that ended in NaN says so before its figures, which are marked nowhere as the best.
  @Test func failuresStandAtTheTop() throws {
    let evaluation = try nonFiniteEvaluation()
    var report = RunReport(name: "failed", history: History(), figures: evaluation.figures)
    try report.judge(evaluation, photos: nil)
    report.measurement = .init(loss: "cross-entropy", data: "1f")
    let alone = HTMLReport(title: "One", runs: [report]).html
    let place = try #require(alone.range(of: "not finite numbers for 4 of 4 examples")?.lowerBound)
    #expect(try place < #require(alone.range(of: "<table")?.lowerBound) && report.classification == nil)
    var good = try sampleReport()
    good.figures = try JSONDecoder().decode(
      Figures.self, from: Foundation.Data("{\"loss\":0.5,\"metrics\":{\"accuracy\":0.1}}".utf8))
    let html = HTMLReport(title: "Two", runs: [good, report]).html
    #expect(html.contains("failed: The model") && !html.contains(">best<"))
    // A record of an earlier version has no warning.
    report.warning = nil
    #expect(HTMLReport(title: "Two", runs: [good, report]).html.contains("failed: The loss on the test data is not"))
  }

  /// With one epoch, training and test are a ring and a dot, which are both seen where they are equal.
  @Test func aSingleEpochHasTwoMarkers() throws {
    let html = HTMLReport(title: "One", runs: [try sampleReport(epochs: 1)]).html
    #expect(html.contains("<circle class=\"c0\"") && html.contains("<circle class=\"c0 full\""))
  }

  /// Long names are cut over the columns of a matrix, where they stay different; the whole name is in a title.
  @Test(arguments: [3, 12, 13, 40]) func longNamesFitOverColumns(count: Int) throws {
    let classes = (0..<count).map { "photographs of <things>, kind \($0), taken in the northern mountains" } + ["cat"]
    let html = HTMLReport(title: "x", runs: [try sampleReport(classes: classes)]).html
    let isUpright = count >= 12
    let start = isUpright ? "class=\"matrix upright\"" : "class=\"matrix\""
    let table = try #require(
      html.components(separatedBy: start).dropFirst().first?.components(separatedBy: "</table>")[0])
    for (scope, room) in [("col", isUpright ? 24 : 12), ("row", 28)] {
      let pattern = try Regex("<th scope=\"\(scope)\"( title=\"([^\"]*)\")?>([^<]*)</th>")
      let found = table.matches(of: pattern)
      let labels = found.compactMap { $0.output[3].substring.map(String.init) }.filter { $0 != "true class" }
      #expect(labels.count == count + 1 && Set(labels).count == labels.count, "\(labels)")
      #expect(
        labels.allSatisfy { $0.replacing("&lt;", with: "<").replacing("&gt;", with: ">").count <= room }, "\(labels)")
      let titles = found.compactMap { $0.output[2].substring.map(String.init) }
      #expect(titles.count == count && titles.allSatisfy { $0.hasPrefix("photographs of &lt;things&gt;, kind ") })
      // A name that fits needs no title.
      #expect(labels.last == "cat")
    }
  }

  /// A class without test photos counts in one mean and not in the other.
  @Test func absentClassesAreExplained() throws {
    var report = try sampleReport()
    #expect(!HTMLReport(title: "x", runs: [report]).html.contains("no test photos"))
    let scores = try ClassScores(probabilities: [0.6, 0.4, 0.3, 0.7], labels: [0, 0], classes: ["cat", "dog"])
    report.classification = try ClassificationAnalysis(scores, bootstrap: Bootstrap(resamples: 20))
    #expect(HTMLReport(title: "x", runs: [report]).html.contains("One class has no test photos"))
  }

  @Test func pagesOfAnySizeAreMade() throws {
    let many = (0..<120).map { "class \($0) با نام" }
    let report = try sampleReport("many", classes: many, epochs: 5000)
    let html = HTMLReport(title: "Many", runs: [report]).html
    #expect(html.contains("120 classes are too many") && html.utf8.count < 3_000_000)
    for epochs in [0, 1] {
      let small = HTMLReport(title: "Small", runs: [try sampleReport(epochs: epochs)]).html
      #expect(small.contains("</html>") && small.contains("Curves") == (epochs == 1))
    }
    #expect(HTMLReport(title: "None", runs: []).html.contains("</html>"))
  }

  @Test func onlyPagesAreReplaced() throws {
    let folder = try TemporaryFolder()
    let report = HTMLReport(title: "x", runs: [])
    for _ in 0..<2 { try report.write(to: folder.path("report.html")) }
    try Data([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]).write(to: URL(filePath: folder.path("photo.png")))
    #expect(throws: FileError.self) { try report.write(to: folder.path("photo.png")) }
  }

  @Test func reportsAreReadAgain() throws {
    let folder = try TemporaryFolder()
    let report = try sampleReport()
    try report.write(to: folder.path("report.json"))
    let read = try RunReport(contentsOf: folder.path("report.json"))
    #expect(HTMLReport(title: "x", runs: [read]).html == HTMLReport(title: "x", runs: [report]).html)
    let text = try String(contentsOfFile: folder.path("report.json"), encoding: .utf8)
    for (part, other) in [
      ("\"confusion\":[[", "\"confusion\":[[1],["), ("kilim report 1", "kilim report 9"),
      ("\"mistakes\":[{", "\"mistakes\":[7,{"),
      ("\"jpeg\":\"/9j/", "\"jpeg\":\"iVBO"), ("\"epoch\":0", "\"epoch\":-9223372036854775808"),
      ("\"training\":30", "\"training\":9223372036854775807"),
    ] {
      try text.replacing(part, with: other).write(toFile: folder.path("bad.json"), atomically: true, encoding: .utf8)
      #expect(throws: ReportError.self, "\(part)") { try RunReport(contentsOf: folder.path("bad.json")) }
    }
  }

  /// Stages from outside that begin nowhere in the training, or before the stage that they follow.
  @Test(arguments: [["0", "9223372036854775807"], ["-1", "1"], ["0", "4"], ["2", "1"]])
  func stagesThatMakeNoSenseAreRefused(begins: [String]) throws {
    let folder = try TemporaryFolder()
    try sampleReport(epochs: 3).write(to: folder.path("report.json"))
    let text = try String(contentsOfFile: folder.path("report.json"), encoding: .utf8)
    func read(_ begins: [String]) throws -> RunReport {
      let stages = begins.map { "{\"name\":\"x\",\"firstEpoch\":\($0)}" }.joined(separator: ",")
      let changed = text.replacing("\"stages\":[]", with: "\"stages\":[\(stages)]")
      try #require(changed != text)
      try changed.write(toFile: folder.path("stages.json"), atomically: true, encoding: .utf8)
      return try RunReport(contentsOf: folder.path("stages.json"))
    }
    #expect(throws: ReportError.self) { try read(begins) }
    for right in [["0", "2"], ["0", "1", "1", "3"]] {
      #expect(HTMLReport(title: "x", runs: [try read(right)]).html.contains("</html>"))
    }
  }

  /// Where one stage of a fine-tuning ends and the next begins.
  @Test func stagesHaveBorders() throws {
    var report = try sampleReport(epochs: 4)
    func page() -> String { HTMLReport(title: "page", runs: [report]).html }
    #expect(!page().contains("class=\"border\""))
    report.history = report.history.followed(by: try sampleReport(epochs: 2).history, stage: "classes")
    let second = #"{"name":"block5 <x>","firstEpoch":4}"#
    var text = String(decoding: try JSONEncoder().encode(report.history), as: UTF8.self)
    text = text.replacingOccurrences(of: #""firstEpoch":0}]"#, with: #""firstEpoch":0},\#(second)]"#)
    text = text.replacingOccurrences(of: #""name":"classes"}]"#, with: #""name":"classes"},\#(second)]"#)
    report.history = try JSONDecoder().decode(History.self, from: Foundation.Data(text.utf8))
    try #require(report.history.stages.count == 2)
    let html = page()
    #expect(html.contains("<title>stage block5 &lt;x&gt;</title>"))
    #expect(html.contains("classes, epochs 1 to 4; block5 &lt;x&gt;, epochs 5 to 6"))
    // Two trainings have no common borders.
    #expect(!HTMLReport(title: "page", runs: [report, report]).html.contains("class=\"border\""))
  }

  /// The area below a precision-recall curve as it is drawn is the average precision that stands beside it: for a class whose only
  /// photo is the ninth of ten, and for one with more thresholds than a curve has points.
  @Test(arguments: [(10, 9), (3000, 7)]) func precisionGoesInSteps(count: Int, place: Int) throws {
    // Each `place`-th photo, or the only one, is of the class.
    let labels = (1...count).map { $0 % place == 0 ? 0 : 1 }
    let probabilities = (1...count).flatMap { rank -> [Double] in
      let share = 1 - Double(rank) / Double(count + 1)
      return [share, 1 - share]
    }
    let scores = try ClassScores(probabilities: probabilities, labels: labels, classes: ["rare", "usual"])
    let figures = try ClassificationAnalysis(scores, bootstrap: Bootstrap(resamples: 20)).classes
    let page = try #require(RankingCharts([figures[0]]).html).source
    let line = try #require(page.matches(of: /d="M([^"]*)"><title>/).last?.1)
    let corners = line.split(separator: "L").map { $0.split(separator: " ").compactMap { Double($0) } }
    let (origin, side) = ((x: 46.0, y: 270.0), 260.0)
    #expect(corners.first == [origin.x, origin.y - side])
    let area = zip(corners, corners.dropFirst()).reduce(0.0) { sum, pair in
      let (from, to) = (pair.0, pair.1)
      return sum + (to[0] - from[0]) * (origin.y - (from[1] + to[1]) / 2) / (side * side)
    }
    // Places are rounded to a tenth of a point: half of it for the height, and for each end of a step times its change of height.
    let turns = zip(corners, corners.dropFirst()).reduce(0.0) { $0 + abs($1.0[1] - $1.1[1]) } / side
    let expected = try #require(figures[0].averagePrecision)
    #expect(abs(area - expected) <= 0.05 / side * (1 + turns) + 1e-9, "\(area), \(expected)")
  }
}
