import Foundation
import Kilim

extension Evaluation {
  /// Prints the metrics and the loss in a line.
  ///
  /// - Parameter part: what stands before each, such as `test `.
  func printFigures(of part: String = "") throws {
    let metrics = figures.metrics.sorted { $0.key < $1.key }.map { name, value in
      let format = name.hasSuffix("accuracy") ? "%.4f" : "%.4g"
      return part + name.replacing("_", with: " ") + " " + numberText(value, format: format)
    }
    try Console.print((metrics + [part + "loss " + numberText(figures.loss, format: "%.4f")]).joined(separator: "  "))
  }
}
