import NN
import Serialization

/// The figures of a training, epoch by epoch.
public struct History: Hashable, Codable, Sendable {
  /// The figures of the finished epochs.
  public private(set) var epochs: [EpochReport] = []
  /// Whether the training ended before its last epoch: a callback stopped or paused it, or the loss was not finite.
  public private(set) var wasStopped = false

  /// The stages of the training; empty if it has none.
  public private(set) var stages: [Stage] = []

  /// A part of a training with several stages.
  public struct Stage: Hashable, Codable, Sendable {
    /// The name: `head`, the first layer that the stage trains, or `all`.
    public let name: String
    /// The number of its first epoch. It ends where the next stage begins.
    public let firstEpoch: Int

    /// Makes the description of a stage.
    public init(name: String, firstEpoch: Int) { (self.name, self.firstEpoch) = (name, firstEpoch) }
  }

  /// Whether larger or smaller values of a figure are better: `loss`, and the metrics that say it (`Metric.direction`).
  public private(set) var directions: [String: MetricDirection] = ["loss": .min]

  /// Makes an empty history.
  public init() {}

  /// The names of the figures that some epoch has, sorted: `accuracy`, `loss`, `val_accuracy`, `val_loss`.
  public var names: [String] {
    func names(_ figures: [Figures]) -> [String] { Set(figures.flatMap { $0.sorted.map(\.name) }).sorted() }
    return names(epochs.map(\.training)) + names(epochs.compactMap(\.validation)).map { "val_\($0)" }
  }

  /// One figure over the epochs, NaN for an epoch without it; empty for a name that no epoch has.
  public subscript(name: String) -> [Double] {
    let values = values(of: name)
    return values.allSatisfy { $0 == nil } ? [] : values.map { $0 ?? .nan }
  }

  /// One figure over the epochs, `nil` for an epoch without it.
  func values(of name: String) -> [Double?] {
    epochs.map { epoch in epoch.columns.first { $0.name == name }?.value }
  }

  /// The history as a table in the format of Keras's `CSVLogger`: `epoch,accuracy,loss,val_accuracy,val_loss`. Numbers
  /// that are not finite are `nan`, `inf` and `-inf`; the cell of a figure that an epoch does not have is empty. Names with a
  /// comma, a quote or a line break are quoted (RFC 4180).
  public var csv: String {
    let names = names
    let lines = epochs.map { epoch in
      let values = Dictionary(epoch.columns.map { ($0.name, $0.value) }) { first, _ in first }
      let cells = names.map { values[$0].map { $0.isNaN ? "nan" : "\($0)" } ?? "" }
      return ([String(epoch.epoch)] + cells).joined(separator: ",")
    }
    let header = (["epoch"] + names.map(csvField)).joined(separator: ",")
    return ([header] + lines).map { $0 + "\n" }.joined()
  }

  mutating func setDirections(of metrics: [any Metric]) {
    for metric in metrics { directions[metric.name] = metric.direction }
  }

  mutating func append(_ report: EpochReport) {
    epochs.append(report)
  }

  mutating func begin(stage name: String) {
    stages.append(Stage(name: name, firstEpoch: epochs.count))
  }

  /// This history and then that of another training, whose epochs and stages are numbered on.
  ///
  /// - Parameters:
  ///   - next: the other training.
  ///   - name: the name of the stage that this history is, if it has no stages.
  public func followed(by next: History, stage name: String) -> History {
    var result = self
    if stages.isEmpty { result.stages = [Stage(name: name, firstEpoch: 0)] }
    for stage in next.stages {
      result.stages.append(Stage(name: stage.name, firstEpoch: epochs.count + stage.firstEpoch))
    }
    for report in next.epochs { result.epochs.append(report.numbered(result.epochs.count)) }
    result.directions.merge(next.directions) { $1 }
    result.wasStopped = next.wasStopped
    return result
  }

  func stopped(_ wasStopped: Bool = true) -> History {
    var result = self
    result.wasStopped = wasStopped
    return result
  }
}

extension History {
  private enum CodingKeys: CodingKey {
    case epochs, wasStopped, directions, stages
  }

  /// Reads a history. A history of an earlier version has no directions and no stages.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    epochs = try container.decode([EpochReport].self, forKey: .epochs)
    wasStopped = try container.decode(Bool.self, forKey: .wasStopped)
    directions = try container.decodeIfPresent([String: MetricDirection].self, forKey: .directions) ?? directions
    stages = try container.decodeIfPresent([Stage].self, forKey: .stages) ?? []
  }
}
