import NN

/// The loss and the metrics of an epoch, or of an evaluation.
///
/// In JSON a figure that is NaN or infinite is `null`, which is read as NaN.
public struct Figures: Hashable, Codable, Sendable {
  /// The mean loss over all examples.
  public let loss: Double
  /// The metrics by name, such as `accuracy`.
  public let metrics: [String: Double]

  init(loss: Double, metrics: [any Metric]) {
    self.loss = loss
    self.metrics = Dictionary(metrics.map { ($0.name, $0.value) }) { _, last in last }
  }

  /// The share of right answers; `nil` where it was not measured.
  public var accuracy: Double? { metrics["accuracy"] }

  /// Loss and metrics, sorted by name, as Keras lists them.
  var sorted: [(name: String, value: Double)] {
    (metrics.map { ($0.key, $0.value) } + [("loss", loss)]).sorted { $0.0 < $1.0 }
  }
}

extension Figures {
  private enum CodingKeys: CodingKey {
    case loss, metrics
  }

  /// Reads figures; `null` stands for NaN.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    loss = try container.decodeIfPresent(Double.self, forKey: .loss) ?? .nan
    metrics = try container.decode([String: Double?].self, forKey: .metrics).mapValues { $0 ?? .nan }
  }

  /// Writes figures. Those that are not finite become `null`, except in a checkpoint, which can store them.
  public func encode(to encoder: any Encoder) throws {
    let keepsAll = encoder.userInfo[.keepsNonFiniteNumbers] as? Bool == true
    func storable(_ value: Double) -> Double? { keepsAll || value.isFinite ? value : nil }
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(storable(loss), forKey: .loss)
    try container.encode(metrics.mapValues(storable), forKey: .metrics)
  }
}

extension CodingUserInfoKey {
  /// Whether an encoder writes numbers that are not finite.
  static var keepsNonFiniteNumbers: CodingUserInfoKey {
    CodingUserInfoKey(rawValue: "kilim.keepsNonFiniteNumbers") ?? { preconditionFailure() }()
  }
}

/// The figures of a finished epoch.
public struct EpochReport: Hashable, Codable, Sendable {
  /// The number of the epoch, from 0.
  public let epoch: Int
  /// The figures of the training data: means over the batches of the epoch.
  public let training: Figures
  /// The figures of the validation data after the epoch; `nil` without validation data.
  public let validation: Figures?

  /// All figures under Keras's names, sorted: `accuracy`, `loss`, `val_accuracy`, `val_loss`.
  public var columns: [(name: String, value: Double)] {
    training.sorted + (validation?.sorted.map { ("val_\($0.name)", $0.value) } ?? [])
  }

  /// The same figures for an epoch of another number.
  func numbered(_ number: Int) -> EpochReport {
    EpochReport(epoch: number, training: training, validation: validation)
  }
}

/// The progress of an epoch after one of its batches.
public struct BatchReport: Hashable, Sendable {
  /// The number of the epoch, from 0.
  public let epoch: Int
  /// The number of the batch in the epoch, from 0.
  public let batch: Int
  /// The number of steps since the beginning of the first epoch, this one included.
  public let step: Int
  /// The learning rate of the step.
  public let learningRate: Double
  /// The loss of this batch alone, penalties included.
  public let loss: Double
  /// The number of examples seen in the epoch.
  public let examples: Int
  /// The running means over the batches so far.
  public let figures: Figures
}
