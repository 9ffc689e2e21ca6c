import Foundation
import Training

/// A chart for each figure over the epochs, with the curves of all trainings.
struct CurveCharts {
  private let runs: [RunReport]

  init(_ runs: [RunReport]) { self.runs = runs }

  /// One curve.
  struct Curve {
    let name: String
    /// Which of the colours it has.
    let color: Int
    /// Whether it is that of the training data.
    let isDashed: Bool
    /// A value for each epoch; `nil` where it is missing or not finite.
    let values: [Double?]
  }

  var html: HTML {
    let metrics = Set(runs.flatMap { $0.history.epochs.flatMap { $0.training.metrics.keys } })
    let first = metrics.contains("accuracy") ? ["accuracy", "loss"] : ["loss"]
    return (first + metrics.subtracting(first).sorted()).enumerated().map { number, figure in
      chart(figure, number: number)
    }.joined(separator: "\n")
  }

  private func chart(_ figure: String, number: Int) -> HTML {
    func value(_ figures: Figures?) -> Double? {
      let value = figures.flatMap { figure == "loss" ? $0.loss : $0.metrics[figure] }
      return value.flatMap { $0.isFinite && abs($0) < 1e30 ? $0 : nil }
    }
    let curves = runs.enumerated().flatMap { index, run in
      let prefix = runs.count == 1 ? "" : "\(run.name): "
      return [
        Curve(
          name: "\(prefix)training", color: index, isDashed: true,
          values: run.history.epochs.map { value($0.training) }),
        Curve(
          name: "\(prefix)test", color: index, isDashed: false, values: run.history.epochs.map { value($0.validation) }),
      ]
    }.filter { curve in curve.values.contains { $0 != nil } }
    let title = figure.replacing("_", with: " ")
    // Several trainings have borders of their own, which would not be told apart.
    let stages = runs.count == 1 ? runs[0].history.stages : []
    return CurveChart(
      id: "curve-\(number)", title: title.prefix(1).uppercased() + title.dropFirst(), curves: curves, stages: stages
    ).html
  }
}

/// A chart of curves that can be pointed at, as SVG, with a legend and a table of the numbers.
struct CurveChart {
  let id, title: String
  let curves: [CurveCharts.Curve]
  /// The stages of the training, if it has some.
  let stages: [History.Stage]

  private static let (width, height) = (720.0, 304.0)
  private static let (left, right, top, bottom) = (56.0, 12.0, 12.0, 40.0)
  /// The most points of a curve and rows of a table.
  private static let pointLimit = 2000

  private var epochCount: Int { curves.map(\.values.count).max() ?? 0 }

  var html: HTML {
    let values = curves.flatMap { $0.values.compactMap(\.self) }
    guard let lowest = values.min(), let highest = values.max() else { return HTML("") }
    let scale = Scale(lowest, highest)
    func x(_ epoch: Int) -> Double {
      Self.left + (Self.width - Self.left - Self.right)
        * (epochCount < 2 ? 0.5 : Double(epoch) / Double(epochCount - 1))
    }
    func y(_ value: Double) -> Double {
      Self.top + (Self.height - Self.top - Self.bottom) * (1 - (value - scale.low) / (scale.high - scale.low))
    }
    let grid = scale.ticks.map { tick in
      HTML(
        "<line class=\"grid\" x1=\"\(Self.left)\" x2=\"\(Self.width - Self.right)\" y1=\"\(place(y(tick)))\" y2=\"\(place(y(tick)))\"/>"
          + "<text class=\"tick\" x=\"\(Self.left - 6)\" y=\"\(place(y(tick) + 4))\" text-anchor=\"end\">\(scale.label(tick))</text>"
      )
    }.joined()
    let epochs = marks.map { epoch in
      HTML(
        "<text class=\"tick\" x=\"\(place(x(epoch)))\" y=\"\(Self.height - Self.bottom + 18)\" text-anchor=\"middle\">\(epoch + 1)</text>"
      )
    }.joined()
    let borders = stages.filter { (1..<max(1, epochCount)).contains($0.firstEpoch) }.map { stage in
      let left = (x(stage.firstEpoch) + x(stage.firstEpoch - 1)) / 2
      return HTML(
        "<line class=\"border\" x1=\"\(place(left))\" x2=\"\(place(left))\" y1=\"\(Self.top)\" y2=\"\(Self.height - Self.bottom)\"><title>"
      ) + HTML.text("stage \(stage.name)") + HTML("</title></line>")
    }.joined()
    let lines = curves.map { curve in
      let path = runs(of: curve).map { run in
        "M" + run.map { "\(place(x($0.0))) \(place(y($0.1)))" }.joined(separator: "L")
      }.joined()
      // A value alone is a ring for the training data, and a dot for the test data: both are seen where they are equal.
      let dots = runs(of: curve).filter { $0.count == 1 }.map { run in
        "<circle class=\"c\(curve.color % 7)\(curve.isDashed ? "" : " full")\" cx=\"\(place(x(run[0].0)))\" cy=\"\(place(y(run[0].1)))\" r=\"\(curve.isDashed ? 6 : 3)\"/>"
      }.joined()
      return HTML(
        "<path class=\"curve c\(curve.color % 7)\(curve.isDashed ? " dashed" : "")\" d=\"\(path)\"/>\(dots)")
    }.joined()
    let legend = curves.map { curve in
      HTML.element(
        "li",
        HTML(
          "<svg aria-hidden=\"true\" width=\"28\" height=\"10\"><path class=\"curve c\(curve.color % 7)\(curve.isDashed ? " dashed" : "")\" d=\"M1 5L27 5\"/></svg> "
        ) + HTML.text(curve.name))
    }.joined()
    let svg = HTML(
      "<svg viewBox=\"0 0 \(Int(Self.width)) \(Int(Self.height))\" role=\"img\" tabindex=\"0\" aria-labelledby=\"\(id)-title\" aria-describedby=\"\(id)-hint\" data-left=\"\(Self.left)\" data-right=\"\(Self.width - Self.right)\" data-count=\"\(epochCount)\">"
        + "\(grid.source)\(borders.source)\(epochs.source)<text class=\"tick\" x=\"\(Self.width / 2)\" y=\"\(Self.height - 6)\" text-anchor=\"middle\">epoch</text>"
        + "\(lines.source)<line class=\"cursor\" y1=\"\(Self.top)\" y2=\"\(Self.height - Self.bottom)\" x1=\"-9\" x2=\"-9\"/></svg>"
    )
    let figure =
      HTML.element("h3", title, attributes: "id=\"\(id)-title\"")
      + HTML.element("ul", legend, attributes: "class=\"legend\"")
      + svg
      + (stages.count > 1 ? HTML.element("p", stagesInWords, attributes: "class=\"hint\"") : HTML(""))
      + HTML.element(
        "p", "Point at the curves, or focus them and use the arrow keys, to read the numbers.",
        attributes: "class=\"hint\" id=\"\(id)-hint\"")
      + HTML("<p class=\"reading\" role=\"status\" aria-live=\"polite\"></p>")
      + HTML.details("The numbers as a table", table)
    return HTML.element("figure", figure, attributes: "class=\"curves\" id=\"\(id)\"")
  }

  /// Which epochs belong to which stage.
  private var stagesInWords: String {
    let ends = stages.dropFirst().map(\.firstEpoch) + [epochCount]
    let parts = zip(stages, ends).map { stage, end in
      let first = stage.firstEpoch + 1
      return "\(stage.name), \(end > first ? "epochs \(first) to \(end)" : "epoch \(first)")"
    }
    return "Stages, with dashed lines between them: \(parts.joined(separator: "; "))."
  }

  /// The pieces of a curve between gaps, with fewer points if there are very many.
  private func runs(of curve: CurveCharts.Curve) -> [[(Int, Double)]] {
    let step = max(1, (curve.values.count + Self.pointLimit - 1) / Self.pointLimit)
    let kept = curve.values.indices.filter { $0 % step == 0 || $0 == curve.values.count - 1 }
    return kept.split { curve.values[$0] == nil }.map { part in
      part.compactMap { index in curve.values[index].map { (index, $0) } }
    }
  }

  /// The epochs that are named below the axis.
  private var marks: [Int] {
    guard epochCount > 0 else { return [] }
    let raw = Double(epochCount) / 8
    let power = pow(10, log10(max(raw, 1)).rounded(.down))
    let step = max(1, Int([1, 2, 5, 10].map { $0 * power }.first { $0 >= raw } ?? 10 * power))
    return [0] + stride(from: step - 1, to: epochCount, by: step).filter { $0 > 0 }
  }

  private var table: HTML {
    let step = max(1, (epochCount + Self.pointLimit - 1) / Self.pointLimit)
    let rows = stride(from: 0, to: epochCount, by: step).map { epoch in
      [HTML.text("\(epoch + 1)")]
        + curves.map { HTML.text(epoch < $0.values.count ? decimal($0.values[epoch], digits: 6) : "–") }
    }
    return HTML.table(
      caption: title, header: ["epoch"] + curves.map(\.name), rows: rows, attributes: "class=\"numbers\"")
  }
}

/// The ends and marks of an axis.
struct Scale {
  let low, high: Double
  let ticks: [Double]
  private let digits: Int

  init(_ lowest: Double, _ highest: Double) {
    let spread = max(highest - lowest, max(abs(highest), 1) * 1e-6)
    let raw = spread / 4
    let power = pow(10, log10(raw).rounded(.down))
    let step = [1, 2, 5, 10].map { $0 * power }.first { $0 >= raw } ?? 10 * power
    let first = (lowest / step).rounded(.down)
    let last = max((highest / step).rounded(.up), first + 1)
    (low, high) = (first * step, last * step)
    ticks = (0...Int(min(last - first, 20))).map { (first + Double($0)) * step }
    digits = max(0, min(12, -Int(log10(step).rounded(.down))))
  }

  func label(_ tick: Double) -> String {
    abs(tick) >= 1e6 ? String(format: "%.3g", tick) : String(format: "%.\(digits)f", tick)
  }
}

/// A place in an SVG.
func place(_ value: Double) -> String { String(format: "%.1f", value) }
