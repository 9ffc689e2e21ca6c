import Foundation
import Serialization

/// Prints a line for each epoch to the standard output.
final class LineRenderer: ProgressRenderer {
  func began(_ snapshot: TrainingSnapshot) {
    fflush(nil)  // What the program printed before stands above the first line here, also in a file.
  }

  func resumed(_ report: ResumeReport) {
    print(report)
    fflush(nil)
  }

  func show(_ snapshot: TrainingSnapshot) {}

  func epochEnded(_ report: EpochReport, _ snapshot: TrainingSnapshot) {
    print(Self.line(report, snapshot))
    fflush(nil)
  }

  /// `Epoch 1/20 - 12.3s - 456 examples/s - accuracy: 0.1234 - …`
  static func line(_ report: EpochReport, _ snapshot: TrainingSnapshot) -> String {
    let speed = "\(wholeNumber(snapshot.examplesPerSecond)) \(snapshot.exampleWord)/s"
    let time = "\(decimal(snapshot.epochSeconds, digits: 1))s"
    return (["Epoch \(report.epoch + 1)/\(snapshot.epochs)", time, speed] + figures(report)).joined(separator: " - ")
  }

  /// `accuracy: 0.1234` for each figure.
  static func figures(_ report: EpochReport) -> [String] {
    report.columns.map { "\($0.name.withoutControls): \(decimal($0.value, digits: 4))" }
  }
}

/// Shows warnings only.
final class SilentRenderer: ProgressRenderer {
  func show(_ snapshot: TrainingSnapshot) {}
}
