import Foundation
import Serialization
import Tensor

extension ClassificationAnalysis: CustomStringConvertible {
  /// A few lines below a ``ClassificationReport``: what it does not say.
  public var description: String {
    func share(_ value: Double?) -> String { value.map { String(format: "%.4f", $0) } ?? "undefined" }
    func interval(_ interval: ConfidenceInterval) -> String {
      String(format: "%.4f to %.4f (%g %% by bootstrap)", interval.lower, interval.upper, 100 * interval.level)
    }
    let lines =
      [
        ("accuracy", interval(accuracyInterval)), ("macro F1", interval(macroF1Interval)),
      ] + topKAccuracy.sorted { $0.key < $1.key }.map { ("top-\($0.key) accuracy", share($0.value)) } + [
        ("ROC AUC", "\(share(macroAverage.rocAUC)) macro, \(share(weightedAverage.rocAUC)) weighted"),
        (
          "average precision",
          "\(share(macroAverage.averagePrecision)) macro, \(share(weightedAverage.averagePrecision)) weighted"
        ),
        (
          "calibration error",
          "\(share(calibration.expectedError)) expected, \(share(calibration.maximumError)) at most"
        ),
      ]
    let width = (lines.map(\.0.count).max() ?? 0) + 2
    return lines.map { $0.0.padding(toLength: width, withPad: " ", startingAt: 0) + $0.1 }.joined(separator: "\n")
  }
}
