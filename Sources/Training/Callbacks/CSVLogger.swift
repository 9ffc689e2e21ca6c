import Serialization

/// Writes the history to a file in the format of Keras's `CSVLogger`. The whole file is written again after each epoch.
///
/// The file holds the current training: another call of `fit` replaces it.
public final class CSVLogger: Callback {
  private let path: String

  /// Makes a logger that writes to the given file.
  public init(_ path: String) {
    self.path = path
  }

  /// Checks that the file can be written, before the work of an epoch.
  ///
  /// - Throws: `FileError`.
  public func trainingBegan(_ start: TrainingStart) throws {
    try requireWritable(path, by: .csv)
  }

  /// Writes the file.
  ///
  /// - Throws: `FileError`.
  public func epochEnded(_ report: EpochReport, history: History) throws -> TrainingDecision {
    try writeAtomically(Array(history.csv.utf8), to: path, replacing: .sameKind)
    return .proceed
  }
}
