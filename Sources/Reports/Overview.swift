import Training

/// The figures of all trainings side by side, and the settings in which they differ.
struct Overview {
  private let runs: [RunReport]

  init(_ runs: [RunReport]) { self.runs = runs }

  var html: HTML {
    let names = runs.map(\.name)
    let figures = rows.map { row in
      [HTML.text(row.name)] + runs.map { run in cell(row, run) }
    }
    var html =
      warnings
      + HTML.table(caption: "Figures on the test data", header: ["figure"] + names, rows: figures)
    if let reason = reasonForNoMarks { html = html + HTML.element("p", reason) }
    let settings = differing(\.settings)
    if runs.count > 1 {
      html =
        html
        + (settings.isEmpty
          ? HTML.element("p", "All settings are the same.")
          : HTML.table(
            caption: "Settings in which the trainings differ", header: ["setting"] + names, rows: settings))
    }
    return html
  }

  /// What is wrong with trainings as a whole, before any figure.
  private var warnings: HTML {
    runs.map { run in
      guard let warning = warning(of: run) else { return HTML("") }
      return HTML.element(
        "p", HTML.element("strong", runs.count == 1 ? warning : "\(run.name): \(warning)"),
        attributes: "class=\"wrong\" role=\"alert\"")
    }.joined()
  }

  private func warning(of run: RunReport) -> String? {
    run.warning ?? (run.figures.loss.isFinite ? nil : "The loss on the test data is not a finite number.")
  }

  private struct Row {
    let name: String
    let value: (RunReport) -> Double?
    let text: (Double?) -> String
    /// Whether more is better; `nil` where nothing is.
    let isMoreBetter: Bool?
    /// Whether the figure depends on the loss too, not on the test data alone.
    var isLoss = false
  }

  /// Whether all trainings were measured on the same test data.
  private var haveSameData: Bool { areSame(\.data) }
  /// Whether all were measured with the same loss.
  private var haveSameLoss: Bool { areSame(\.loss) }

  private func areSame(_ part: KeyPath<RunReport.Measurement, String>) -> Bool {
    let values = runs.map { $0.measurement?[keyPath: part] }
    return !values.contains(nil) && Set(values).count <= 1
  }

  /// Why the best figures, or the best loss, are not marked; `nil` if they are.
  private var reasonForNoMarks: String? {
    guard runs.count > 1 else { return nil }
    if runs.contains(where: { $0.measurement == nil }) {
      return "No figure is marked as the best: it is not known for all trainings which test data they were measured on."
    }
    if !haveSameData { return "No figure is marked as the best: the trainings were measured on different test data." }
    return haveSameLoss ? nil : "No loss is marked as the best: the trainings have different losses."
  }

  private var rows: [Row] {
    let metrics = Set(runs.flatMap(\.figures.metrics.keys)).sorted()
    func direction(_ name: String) -> Bool? {
      runs.lazy.compactMap { $0.history.directions[name] }.first.map { $0 == .max }
    }
    var rows = metrics.map { name in
      Row(
        name: name.replacing("_", with: " "), value: { $0.figures.metrics[name] }, text: { decimal($0) },
        isMoreBetter: direction(name))
    }
    rows.append(Row(name: "loss", value: { $0.figures.loss }, text: { decimal($0) }, isMoreBetter: false, isLoss: true))
    if runs.contains(where: { $0.classification != nil }) {
      func judged(_ name: String, more: Bool, _ value: @escaping (ClassificationAnalysis) -> Double?) {
        rows.append(
          Row(name: name, value: { $0.classification.flatMap(value) }, text: { decimal($0) }, isMoreBetter: more))
      }
      judged("accuracy, lower end of the 95 % interval", more: true) { $0.accuracyInterval.lower }
      judged("accuracy, upper end", more: true) { $0.accuracyInterval.upper }
      judged("F1, mean over classes", more: true) { $0.macroAverage.f1 }
      judged("top-3 accuracy", more: true) { $0.topKAccuracy[3] }
      judged("ROC AUC, mean over classes", more: true) { $0.macroAverage.rocAUC }
      judged("average precision, mean over classes", more: true) { $0.macroAverage.averagePrecision }
      judged("calibration error", more: false) { $0.calibration.expectedError }
    }
    rows.append(
      Row(
        name: "epochs", value: { Double($0.history.epochs.count) }, text: { $0.map { "\(Int($0))" } ?? "–" },
        isMoreBetter: nil))
    return rows.filter { row in runs.contains { row.value($0) != nil } }
  }

  /// The value, marked if it is the best of several that were measured in the same way.
  private func cell(_ row: Row, _ run: RunReport) -> HTML {
    let value = row.value(run)
    guard haveSameData, haveSameLoss || !row.isLoss else { return HTML.text(row.text(value)) }
    let others = runs.filter { warning(of: $0) == nil }.compactMap(row.value).filter(\.isFinite)
    let best = row.isMoreBetter.flatMap { $0 ? others.max() : others.min() }
    guard runs.count > 1, warning(of: run) == nil, let best, value == best, Set(others).count > 1 else {
      return HTML.text(row.text(value))
    }
    return HTML.element("strong", HTML.text(row.text(value))) + HTML(" <span class=\"mark\">best</span>")
  }

  private func differing(_ entries: KeyPath<RunReport, [RunReport.Entry]>) -> [[HTML]] {
    var seen: Set<String> = []
    let names = runs.flatMap { $0[keyPath: entries].map(\.name) }.filter { seen.insert($0).inserted }
    return names.compactMap { name in
      let values = runs.map { run in run[keyPath: entries].first { $0.name == name }?.value ?? "–" }
      guard Set(values).count > 1 else { return nil }
      return ([name] + values).map { HTML.text($0) }
    }
  }
}
