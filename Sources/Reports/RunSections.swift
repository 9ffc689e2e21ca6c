import Foundation
import Training

/// What the page says about one training.
struct RunSections {
  private let run: RunReport
  private let number: Int
  private let isAlone: Bool

  init(_ run: RunReport, number: Int, isAlone: Bool) {
    (self.run, self.number, self.isAlone) = (run, number, isAlone)
  }

  /// The sections that have something to say.
  var all: [PageSection] {
    var sections: [PageSection] = []
    func add(_ id: String, _ title: String, _ content: HTML?) {
      guard let content, !content.source.isEmpty else { return }
      sections.append(
        PageSection(
          id: "run\(number)-\(id)", title: isAlone ? title : "\(run.name): \(title)", content: content))
    }
    let judgement = run.classification.map(JudgementParts.init)
    add("classes", "Classes", judgement?.classes)
    // Of several classes or of numbers.
    if judgement == nil { add("report", "Test report", textReport) }
    add("confusion", "Confusion matrix", judgement?.confusion)
    add("answers", "Confusion of each class", classAnswers)
    add("predictions", "Predicted and true values", run.numberPredictions.map { PredictionPlots(predictions: $0).html })
    add("rankings", "ROC and precision-recall curves", run.classification.flatMap { RankingCharts($0.classes).html })
    add("calibration", "Calibration", judgement.map { CalibrationChart(calibration: $0.calibration).html })
    add("mistakes", "Worst mistakes", gallery(run.mistakes, "The wrong answers that the model is surest of."))
    add(
      "labels", "Likely label errors",
      gallery(
        run.suspicions,
        "Photos for which another class is at least ten times as likely as their label, by photos of other folds."))
    add("samples", "Samples", gallery(run.samples, "Photos from the whole test data."))
    add("data", "Data", data)
    add(
      "network", "Network", run.network.isEmpty ? nil : HTML.element("pre", run.network, attributes: "tabindex=\"0\""))
    add("about", "Settings, environment and timing", about)
    return sections
  }

  private var textReport: HTML? {
    run.text.isEmpty ? nil : HTML.element("pre", run.text, attributes: "tabindex=\"0\"")
  }

  private var classAnswers: HTML? {
    guard let answers = run.classAnswers else { return nil }
    return HTML.table(
      caption: "Answers about each class on the test data",
      header: ["class", "true positives", "false positives", "false negatives", "true negatives"],
      rows: answers.map { row in
        [row.name, "\(row.truePositives)", "\(row.falsePositives)", "\(row.falseNegatives)", "\(row.trueNegatives)"]
          .map { HTML.text($0) }
      }, attributes: "class=\"sortable\"")
  }

  private func gallery(_ photos: [RunReport.Photo], _ words: String) -> HTML? {
    guard !photos.isEmpty else { return nil }
    let items = photos.map { photo in
      let isRight = Array(photo.expected.unicodeScalars) == Array(photo.predicted.unicodeScalars)
      let words = isRight ? photo.expected : "\(photo.predicted), labelled \(photo.expected)"
      let picture =
        HTML(
          "<img src=\"data:image/jpeg;base64,\(photo.jpeg.base64EncodedString())\" alt=\"")
        + HTML.text("a photo of \(photo.expected)") + HTML("\">")
      let mark = HTML.element(
        "span", isRight ? "✓" : "✗", attributes: "class=\"\(isRight ? "right" : "wrong")\" aria-hidden=\"true\"")
      let caption =
        mark + HTML(" ") + HTML.element("strong", words) + HTML("<br>") + HTML.text(photo.remark) + HTML("<br>")
        + HTML.element("span", photo.path, attributes: "class=\"path\"")
      return HTML.element("li", HTML.element("figure", picture + HTML.element("figcaption", caption)))
    }
    return HTML.element("p", words) + HTML.element("ul", items.joined(), attributes: "class=\"gallery\"")
  }

  private var data: HTML? {
    guard !run.data.isEmpty else { return nil }
    let most = run.data.map { $0.training + $0.test }.max() ?? 1
    let rows = run.data.map { count in
      [
        HTML.text(count.name), HTML.text("\(count.training)"), HTML.text("\(count.test)"),
        HTML(
          "<td class=\"bar\"><span style=\"width:\(place(100 * Double(count.training + count.test) / Double(max(most, 1))))%\"></span></td>"
        ),
      ]
    }
    let (training, test) = (run.data.reduce(0) { $0 + $1.training }, run.data.reduce(0) { $0 + $1.test })
    let total = ["all classes", "\(training)", "\(test)", ""].map { HTML.text($0) }
    return HTML.table(
      caption: "Photos of each class", header: ["class", "training", "test", "share"], rows: rows + [total])
  }

  private var about: HTML {
    let parts = [("Settings", run.settings), ("Environment", run.environment), ("Timing", run.timing)]
    let date = run.date.isEmpty ? HTML("") : HTML.element("p", "Ended: \(run.date)")
    return date
      + parts.filter { !$0.1.isEmpty }.map { title, entries in
        HTML.table(
          caption: title, header: ["name", "value"],
          rows: entries.map { [HTML.text($0.name), HTML.text($0.value)] })
      }.joined(separator: "\n")
  }
}
