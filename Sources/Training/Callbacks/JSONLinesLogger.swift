import Foundation
import Optim
import Serialization

/// Writes the history to a file with one JSON object in a line for each epoch:
/// `{"epoch":0,"learning_rate":0.001,"loss":0.5,"step":138,"val_loss":0.4}`. Figures that are not finite are `null`.
///
/// The whole file is written again after each epoch, so it never holds half a line. It holds the current training:
/// another call of `fit` replaces it. `step` is the number of steps since the beginning of the first epoch, and
/// `learning_rate` the rate of the last of them.
public final class JSONLinesLogger: Callback {
  private let path: String
  /// The step and the rate at the end of each epoch, by its number.
  private var ends: [Int: End] = [:]
  private var last = End(step: 0, learningRate: nil)

  private struct End: Codable {
    var step: Int
    var learningRate: Double?
  }

  /// Makes a logger that writes to the given file.
  public init(_ path: String) {
    self.path = path
  }

  /// Checks that the file can be written, before the work of an epoch.
  ///
  /// - Throws: `FileError`.
  public func trainingBegan(_ start: TrainingStart) throws {
    // What the stages before this one have left belongs to the same history.
    ends = ends.filter { $0.key < start.firstEpoch }
    last = End(step: 0, learningRate: nil)
    try requireWritable(path, by: .json)
  }

  /// Notes the step and its rate.
  public func batchEnded(_ report: BatchReport) -> TrainingDecision {
    last = End(step: report.step, learningRate: report.learningRate)
    return .proceed
  }

  /// Writes the file.
  ///
  /// - Throws: `FileError`.
  public func epochEnded(_ report: EpochReport, history: History) throws -> TrainingDecision {
    ends[report.epoch] = last
    let lines = try history.epochs.map { try line($0) + "\n" }
    try writeAtomically(Array(lines.joined().utf8), to: path, replacing: .sameKind)
    return .proceed
  }

  private func line(_ report: EpochReport) throws -> String {
    var values = Dictionary(report.columns.map { ($0.name, $0.value as Double?) }) { $1 }
    values["epoch"] = Double(report.epoch)
    if let end = ends[report.epoch] {
      values["step"] = Double(end.step)
      values["learning_rate"] = end.learningRate
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let finite = values.mapValues { $0.flatMap { $0.isFinite ? $0 : nil } }
    return String(decoding: try encoder.encode(finite), as: UTF8.self)
  }

  /// Stores steps and rates. The figures are in the history, which `fit` stores.
  public func save(to state: inout SavedState) throws {
    try state.set(ends, for: "ends")
    try state.set(last, for: "last")
  }

  /// Restores what ``save(to:)`` has stored.
  public func restore(from state: SavedState) throws {
    ends = try state.value(for: "ends")
    last = try state.value(for: "last")
  }
}
