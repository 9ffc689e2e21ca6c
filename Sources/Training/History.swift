/// What a training has led to, epoch by epoch.
public struct History: Hashable, Codable, Sendable {
  /// The figures of the finished epochs.
  public private(set) var epochs: [EpochReport] = []
  /// Whether a callback ended the training before its last epoch.
  public private(set) var wasStopped = false

  /// Makes an empty history.
  public init() {}

  /// The names of the figures, sorted: `accuracy`, `loss`, `val_accuracy`, `val_loss`.
  public var names: [String] { epochs.first?.columns.map(\.name) ?? [] }

  /// One figure over the epochs; empty for an unknown name.
  public subscript(name: String) -> [Double] {
    epochs.compactMap { epoch in epoch.columns.first { $0.name == name }?.value }
  }

  /// The history as a table in the form of Keras's `CSVLogger`: `epoch,accuracy,loss,val_accuracy,val_loss`.
  public var csv: String {
    let header = (["epoch"] + names).joined(separator: ",")
    let lines = epochs.map { epoch in
      ([String(epoch.epoch)] + epoch.columns.map { "\($0.value)" }).joined(separator: ",")
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
