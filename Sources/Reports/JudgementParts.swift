import Serialization
import Training

/// The tables of a classifier with one class for each photo.
struct JudgementParts {
  private let analysis: ClassificationAnalysis
  /// More classes have no matrix: nobody could read it.
  private static let matrixLimit = 60
  private static let pairLimit = 20
  /// With more classes, the names stand upright over the columns.
  private static let levelLimit = 12
  /// The longest names beside a row, over a column, and upright over a column, in columns of a terminal.
  private static let (rowRoom, columnRoom, uprightRoom) = (28, 12, 24)

  init(_ analysis: ClassificationAnalysis) { self.analysis = analysis }

  var calibration: ClassificationAnalysis.Calibration { analysis.calibration }

  /// A row for each class, which can be sorted by each column.
  var classes: HTML {
    let header = [
      "class", "precision", "recall", "F1", "photos", "ROC AUC", "average precision", "best threshold", "F1 there",
    ]
    let rows = analysis.classes.map { figures in
      [figures.name, decimal(figures.precision), decimal(figures.recall), decimal(figures.f1), "\(figures.support)"]
        + [
          decimal(figures.rocAUC), decimal(figures.averagePrecision), decimal(figures.bestThreshold?.threshold),
          decimal(figures.bestThreshold?.f1),
        ]
    }
    let averages = [
      ("mean over classes", analysis.macroAverage), ("weighted mean", analysis.weightedAverage),
    ].map { name, average in
      [name, decimal(average.precision), decimal(average.recall), decimal(average.f1), "\(analysis.count)"]
        + [decimal(average.rocAUC), decimal(average.averagePrecision), "", ""]
    }
    return HTML.table(
      caption: "Figures of each class on the test data", header: header, rows: rows.map { $0.map { HTML.text($0) } },
      attributes: "class=\"sortable\"")
      + HTML.table(
        caption: "Means", header: header, rows: averages.map { $0.map { HTML.text($0) } }) + absence
  }

  /// How the means count classes without photos.
  private var absence: HTML {
    let absent = analysis.classes.count { $0.support == 0 }
    guard absent > 0 else { return HTML("") }
    return HTML.element(
      "p",
      "\(absent == 1 ? "One class has" : "\(absent) classes have") no test photos. The mean average precision counts 0 for such a class, "
        + "as scikit-learn does, and there is no mean ROC AUC.")
  }

  /// The matrix, if it can be read, and the classes that are confused most often.
  var confusion: HTML {
    let names = analysis.classes.map(\.name)
    guard names.count <= Self.matrixLimit else {
      return HTML.element("p", "\(names.count) classes are too many for a matrix.") + pairs
    }
    func headings(_ scope: String, room: Int) -> [HTML] {
      let labels = Shortening { $0.columnCount <= room }.shorten(names)
      return zip(labels, names).map { HTML.heading($0, scope: scope, name: $1) }
    }
    let isUpright = names.count > Self.levelLimit
    let rowHeadings = headings("row", room: Self.rowRoom)
    let columnHeadings = headings("col", room: isUpright ? Self.uprightRoom : Self.columnRoom)
    let rows = analysis.confusion.enumerated().map { row, counts in
      let total = counts.reduce(0, +)
      return [rowHeadings[row]]
        + counts.enumerated().map { column, count in
          let share = total == 0 ? 0 : Double(count) / Double(total)
          let kind = "cell\(share > 0.55 ? " dark" : "")\(row == column ? " own" : "")\(count == 0 ? " none" : "")"
          return HTML("<td class=\"\(kind)\" style=\"--share:\(place(100 * share))%\" title=\"")
            + HTML.text("\(names[row]) predicted as \(names[column]): \(count) of \(total)") + HTML("\">\(count)</td>")
        }
    }
    return HTML.table(
      caption: "Rows are the true classes, columns the predicted ones; the colour is the share of the row",
      header: [HTML.heading("true class", scope: "col")] + columnHeadings, rows: rows,
      attributes: "class=\"matrix\(isUpright ? " upright" : "")\"") + pairs
  }

  private var pairs: HTML {
    let names = analysis.classes.map(\.name)
    let pairs = analysis.confusion.enumerated().flatMap { row, counts in
      counts.enumerated().filter { $0.offset != row && $0.element > 0 }.map { (row, $0.offset, $0.element) }
    }.sorted { ($1.2, $0.0, $0.1) < ($0.2, $1.0, $1.1) }.prefix(Self.pairLimit)
    guard !pairs.isEmpty else { return HTML.element("p", "No photo was confused.") }
    return HTML.table(
      caption: "The classes that are confused most often", header: ["true class", "predicted class", "photos"],
      rows: pairs.map { [HTML.text(names[$0.0]), HTML.text(names[$0.1]), HTML.text("\($0.2)")] })
  }
}
