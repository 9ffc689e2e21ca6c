import NN

/// The loss and the metrics of an epoch, or of an evaluation.
public struct Figures: Hashable, Codable, Sendable {
  /// The mean loss over all examples.
  public let loss: Double
  /// The metrics by name, such as `accuracy`.
  public let metrics: [String: Double]

  init(loss: Double, metrics: [any Metric]) {
    self.loss = loss
    self.metrics = Dictionary(metrics.map { ($0.name, $0.value) }) { _, last in last }
  }

  /// The share of right answers, where it was measured.
  public var accuracy: Double? { metrics["accuracy"] }

  /// Loss and metrics, sorted by name, as Keras lists them.
  var sorted: [(name: String, value: Double)] {
    (metrics.map { ($0.key, $0.value) } + [("loss", loss)]).sorted { $0.0 < $1.0 }
  }
}

/// The figures of a finished epoch.
public struct EpochReport: Hashable, Codable, Sendable {
  /// The number of the epoch, from 0.
  public let epoch: Int
  /// The running means over the batches of the epoch.
  public let training: Figures
  /// What was measured after the epoch on the validation data.
  public let validation: Figures?

  /// All figures under the names of Keras, sorted: `accuracy`, `loss`, `val_accuracy`, `val_loss`.
  public var columns: [(name: String, value: Double)] {
    training.sorted + (validation?.sorted.map { ("val_\($0.name)", $0.value) } ?? [])
  }
}

/// The state of an epoch after one of its batches.
public struct BatchReport: Hashable, Sendable {
  /// The number of the epoch, from 0.
  public let epoch: Int
  /// The number of examples seen in the epoch.
  public let examples: Int
  /// The running means over the batches so far.
  public let figures: Figures
}
