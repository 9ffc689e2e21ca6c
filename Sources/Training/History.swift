import Serialization

/// The figures of a training, epoch by epoch.
public struct History: Hashable, Codable, Sendable {
  /// The figures of the finished epochs.
  public private(set) var epochs: [EpochReport] = []
  /// Whether the training ended before its last epoch: a callback stopped or paused it, or the loss was not finite.
  public private(set) var wasStopped = false

  /// Makes an empty history.
  public init() {}

  /// The names of the figures, sorted: `accuracy`, `loss`, `val_accuracy`, `val_loss`.
  public var names: [String] { epochs.first?.columns.map(\.name) ?? [] }

  /// One figure over the epochs; empty for an unknown name.
  public subscript(name: String) -> [Double] {
    epochs.compactMap { epoch in epoch.columns.first { $0.name == name }?.value }
  }

  /// The history as a table in the form of Keras's `CSVLogger`: `epoch,accuracy,loss,val_accuracy,val_loss`. Numbers that
  /// are not finite are `nan`, `inf` and `-inf`. Names with a comma, a quote or a line break are quoted (RFC 4180).
  public var csv: String {
    let header = (["epoch"] + names.map(csvField)).joined(separator: ",")
    let lines = epochs.map { epoch in
      ([String(epoch.epoch)] + epoch.columns.map { $0.value.isNaN ? "nan" : "\($0.value)" }).joined(separator: ",")
    }
    return ([header] + lines).map { $0 + "\n" }.joined()
  }

  mutating func append(_ report: EpochReport) {
    epochs.append(report)
  }

  func stopped() -> History {
    var result = self
    result.wasStopped = true
    return result
  }
}
