import Foundation
import Serialization

/// The page that ``LiveView`` draws, for a terminal of any size.
struct LivePage {
  /// A class, and how many of its validation examples the model answers rightly.
  struct ClassCount: Hashable {
    var name: String
    var right: Int
    var count: Int

    var share: Double { count == 0 ? 0 : Double(right) / Double(count) }
  }

  var snapshot: TrainingSnapshot
  /// The classes after the last validation; empty before it, and where examples do not have one class each.
  var classes: [ClassCount] = []
  /// The bytes of memory that the process holds; `nil` if they are unknown.
  var memory: Int?
  /// What is said in the last line in place of the keys.
  var message: String?
  var isHelpShown = false
  /// Whether keys are read.
  var hasKeys = true
  var style: TextStyle

  /// At most `rows` lines, each at most `columns` wide.
  func lines(columns: Int, rows: Int) -> [StyledLine] {
    let head = title(columns) + flow(facts, columns)
    let last = footer(columns)
    let space = rows - head.count - 1
    var body: [StyledLine] = []
    if isHelpShown {
      body = help(columns, rows: space)
    } else if space > 0 {
      let classRows = classTable(columns, rows: space >= 10 ? max(space / 3, space - 16) : 0)
      body = curves(columns, rows: space - classRows.count) + classRows
    }
    body = Array(body.prefix(max(space, 0)))
    body += [StyledLine](repeating: StyledLine(), count: max(space - body.count, 0))
    return Array((head + body).prefix(max(rows - 1, 0))) + [last]
  }

  // MARK: The parts

  private func title(_ columns: Int) -> [StyledLine] {
    let epoch = "Epoch \(snapshot.epoch + 1)/\(snapshot.epochs)"
    let share = snapshot.validation ?? (snapshot.examples, snapshot.exampleCount)
    let count = max(share.count ?? 0, 1)
    let percent = share.count.map { "\(100 * min(share.done, $0) / count)%" } ?? "\(share.done) \(snapshot.exampleWord)"
    let verb = snapshot.validation == nil ? "" : "validating "
    var line = StyledLine(epoch + " ", bold: true)
    let width = columns - line.columnCount - verb.count - percent.count - 1
    if width >= 4, share.count != nil {
      let full = min(share.done, count) * width / count
      line.append(String(repeating: style.bar.full, count: full), .green)
      line.append(String(repeating: style.bar.empty, count: width - full), .grey)
      line.append(" ")
    }
    line.append(verb + percent)
    return [line]
  }

  private var facts: [StyledLine] {
    func fact(_ name: String, _ value: String) -> StyledLine {
      var line = StyledLine("\(name) ", .grey)
      line.append(value)
      return line
    }
    let last = snapshot.history.epochs.last?.columns.filter { $0.name.hasPrefix("val_") } ?? []
    let figures = (snapshot.figures + last).map { fact($0.name, decimal($0.value, digits: 4)) }
    let numbers = [
      snapshot.learningRate.map { fact("rate", String(format: "%.3g", $0)) },
      snapshot.examplesPerSecond > 0 ? fact("\(snapshot.exampleWord)/s", wholeNumber(snapshot.examplesPerSecond)) : nil,
      memory.map { fact("memory", Self.bytes($0)) },
      fact("time", clockTime(snapshot.seconds)), snapshot.secondsLeft.map { fact("left", clockTime($0)) },
    ]
    return figures + numbers.compactMap(\.self)
  }

  static func bytes(_ count: Int) -> String {
    count >= 1_000_000_000
      ? decimal(Double(count) / 1e9, digits: 2) + " GB" : decimal(Double(count) / 1e6, digits: 0) + " MB"
  }

  /// Pieces one after the other, in as few lines as they fit into.
  private func flow(_ pieces: [StyledLine], _ columns: Int) -> [StyledLine] {
    var lines: [StyledLine] = []
    for piece in pieces {
      if var line = lines.last, line.columnCount + 2 + piece.columnCount <= columns {
        line.append("  ")
        line.append(piece)
        lines[lines.count - 1] = line
      } else {
        lines.append(piece)
      }
    }
    return lines
  }

  private func footer(_ columns: Int) -> StyledLine {
    if let message { return StyledLine(message, .yellow, bold: true) }
    guard hasKeys else { return StyledLine() }
    let texts = [
      "q stop after the step   e stop after the epoch   - + learning rate   ? help",
      "q stop  e after epoch  - + rate  ? help", "q e - +  ? help",
    ]
    return StyledLine(texts.first { $0.count <= columns } ?? "", .grey)
  }

  /// The keys, in the widest form that fits: with whole sentences, in short words, or without the sentence at the end where it has
  /// no room.
  private func help(_ columns: Int, rows: Int) -> [StyledLine] {
    let long = [
      "q  stop after this step; all results are written", "e  stop after this epoch; e again: go on",
      "-  halve the learning rate", "+  double the learning rate", "?  close this help", "",
      "A training that is stopped can continue from its checkpoint.",
    ]
    let short = [
      "q  stop after step", "e  stop after epoch", "   again: go on", "-  halve the rate", "+  double the rate",
      "?  close this help", "", "What is stopped can", "continue from its", "checkpoint.",
    ]
    let lines = long.allSatisfy { $0.count <= columns } ? long : short
    let keys = Array(lines.prefix { !$0.isEmpty })
    return (lines.count < rows ? [""] + lines : lines.count == rows ? lines : keys).map { StyledLine($0) }
  }

  /// The accuracy of each class, the worst first.
  private func classTable(_ columns: Int, rows: Int) -> [StyledLine] {
    guard !classes.isEmpty, rows >= 2 else { return [] }
    let sorted = classes.sorted { $0.share < $1.share }
    let tableColumns = max(columns / 38, 1)
    let width = columns / tableColumns
    let capacity = (rows - 1) * tableColumns
    let shown = sorted.count > capacity ? Array(sorted.prefix(capacity)) : sorted
    let height = (shown.count + tableColumns - 1) / tableColumns
    let hidden = sorted.count - shown.count
    let heading = hidden > 0 ? "worst \(shown.count) of \(sorted.count) classes" : "right by class"
    let name = min(shown.map { $0.name.withoutControls.columnCount }.max() ?? 0, max(width / 2 - 2, 4))
    return [StyledLine(heading, bold: true)]
      + (0..<height).map { row in
        var line = StyledLine()
        for column in 0..<tableColumns where column * height + row < shown.count {
          line = line.padded(to: column * width)
          line.append(entry(shown[column * height + row], name: name, width: width - 2))
        }
        return line
      }
  }

  private func entry(_ item: ClassCount, name: Int, width: Int) -> StyledLine {
    var line = StyledLine(item.name.withoutControls.prefix(columns: name)).padded(to: name + 1)
    let number = item.count == 0 ? "   -" : decimal(item.share, digits: 2)
    let bar = width - name - number.count - 2
    if bar >= 3 {
      let full = Int((item.share * Double(bar)).rounded())
      line.append(String(repeating: style.bar.full, count: full), .green)
      line.append(String(repeating: style.bar.empty, count: bar - full) + " ", .grey)
    }
    line.append(number)
    return line
  }

  // MARK: Curves

  private struct Panel {
    var name: String
    var plot: CurvePlot
    var hasValidation: Bool
  }

  /// A panel for each figure, the loss first.
  private var panels: [Panel] {
    let history = snapshot.history
    guard !history.epochs.isEmpty else {
      let plot = CurvePlot(series: [CurvePlot.Series(values: snapshot.batchLosses, colour: .cyan, mark: "*")])
      return [Panel(name: "loss by step", plot: plot, hasValidation: false)]
    }
    let names = snapshot.figures.map(\.name)
    return (["loss"] + names.filter { $0 != "loss" }).map { name in
      let (train, validation) = (history.values(of: name), history.values(of: "val_\(name)"))
      let hasValidation = validation.contains { $0 != nil }
      // The epoch that is under way is the last point.
      let now = snapshot.examples > 0 && snapshot.epoch >= history.epochs.count + (history.epochs.first?.epoch ?? 0)
      let current = now ? snapshot.figures.first { $0.name == name }?.value : nil
      let series = [
        CurvePlot.Series(values: train + (current == nil ? [] : [current]), colour: .cyan, mark: "*"),
        CurvePlot.Series(
          values: validation + (current == nil ? [] : [nil]), colour: .yellow, isDashed: true, mark: "o"),
      ]
      return Panel(
        name: name, plot: CurvePlot(series: hasValidation ? series : [series[0]]), hasValidation: hasValidation)
    }
  }

  private func curves(_ columns: Int, rows: Int) -> [StyledLine] {
    guard rows >= 4 else { return [] }
    let isWide = columns >= 70
    // Higher curves than this are no clearer.
    let largest = max(18, columns / 6)
    let panels = Array(panels.prefix(isWide ? 2 : rows >= 12 ? 2 : 1))
    if isWide, panels.count == 2 {
      let width = (columns - 3) / 2
      let halves = panels.map { lines(of: $0, columns: width, rows: min(rows, largest)) }
      return zip(halves[0], halves[1]).map { left, right in
        var line = left.padded(to: width + 3)
        line.append(right)
        return line
      }
    }
    let height = min(rows / max(panels.count, 1), largest)
    return panels.flatMap { lines(of: $0, columns: columns, rows: height) }
  }

  /// A heading, and the curves with their largest and smallest value beside them.
  private func lines(of panel: Panel, columns: Int, rows: Int) -> [StyledLine] {
    var heading = StyledLine(panel.name, bold: true)
    if panel.hasValidation {
      let (train, validation) = style.hasBraille ? ("─", "┄") : ("*", "o")
      heading.append("  \(train) train", .cyan)
      heading.append(" \(validation) val", .yellow)
    }
    let labels = panel.plot.range.map {
      [String(format: "%.4g", $0.upperBound), String(format: "%.4g", $0.lowerBound)]
    }
    let margin = (labels?.map(\.count).max() ?? 0) + 1
    guard let labels, columns - margin >= 12 else {
      return [heading] + panel.plot.lines(columns: columns, rows: rows - 1, style)
    }
    let plot = panel.plot.lines(columns: columns - margin, rows: rows - 1, style)
    return [heading]
      + plot.enumerated().map { row, curve in
        let label = row == 0 ? labels[0] : row == plot.count - 1 ? labels[1] : ""
        var line = StyledLine(String(repeating: " ", count: margin - 1 - label.count) + label + " ", .grey)
        line.append(curve)
        return line
      }
  }
}
