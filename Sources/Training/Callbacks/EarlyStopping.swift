import NN
import Tensor

/// Stops when a figure has not improved for some epochs.
public final class EarlyStopping: Callback {
  private let monitor: Monitor
  private let patience: Int
  private let minimumChange: Double
  private let model: (any Layer)?
  private var progress = Progress()
  private var bestState: [String: Tensor<Float>] = [:]

  private struct Progress: Codable {
    var best: Double?
    var epochsWithout = 0
  }

  /// Makes the callback.
  ///
  /// - Parameters:
  ///   - monitor: the name of the figure. One that ends in `accuracy` should rise, any other fall.
  ///   - patience: how many epochs without progress are borne; the next one stops.
  ///   - minimumChange: what counts as progress.
  ///   - model: the model that gets back the weights of its best epoch when the training is over, early or not; `nil`
  ///     leaves those of the last epoch.
  public init(
    monitor: String = "val_loss", patience: Int = 0, minimumChange: Double = 0,
    restoringBestOf model: (any Layer)? = nil
  ) {
    self.monitor = Monitor(name: monitor)
    self.patience = patience
    self.minimumChange = minimumChange
    self.model = model
  }

  /// Compares the figure with the best so far. One that is not there changes nothing; one that is NaN is no progress.
  public func epochEnded(_ report: EpochReport, history: History) -> TrainingDecision {
    guard report.columns.contains(where: { $0.name == monitor.name }) else { return .proceed }
    if let score = monitor.score(of: report), progress.best.map({ score > $0 + minimumChange }) ?? true {
      progress = Progress(best: score)
      bestState = model?.state ?? [:]
    } else {
      progress.epochsWithout += 1
    }
    return progress.epochsWithout > patience ? .stop : .proceed
  }

  /// Gives the model the weights of its best epoch.
  public func trainingEnded() throws {
    if let model, !bestState.isEmpty { try model.load(state: bestState) }
  }

  /// Keeps the best figure, how long ago it was, and the weights to go back to.
  public func save(to state: inout SavedState) throws {
    try state.set(progress, for: "progress")
    state.tensors = bestState
  }

  /// Goes on from there.
  public func restore(from state: SavedState) throws {
    let saved: Progress = try state.value(for: "progress")
    guard (0..<1 << 62).contains(saved.epochsWithout) else {
      throw SavedStateError(name: "progress", reason: "\(saved.epochsWithout) epochs without progress")
    }
    (progress, bestState) = (saved, state.tensors)
  }
}
