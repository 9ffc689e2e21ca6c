import Serialization

/// Keeps the history in a file, in the form of Keras's `CSVLogger`, written anew and whole after each epoch.
public final class CSVLogger: Callback {
  private let path: String

  /// Makes a logger that writes to the given file.
  public init(_ path: String) {
    self.path = path
  }

  /// Writes the file.
  public func epochEnded(_ report: EpochReport, history: History) throws -> TrainingDecision {
    try writeAtomically(Array(history.csv.utf8), to: path)
    return .proceed
  }
}
