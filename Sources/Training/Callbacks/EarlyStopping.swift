import NN
import Optim
import Tensor

/// Stops the training if a figure has not improved for some epochs, by the rules of Keras 3.
///
/// The first epoch gives the first best value. Each later epoch either improves the best value by more than
/// ``minimumChange``, or counts as an epoch without improvement. After `patience` such epochs in a row, training stops.
/// With a patience of 0, 1 or 3, a loss that never changes stops after 2, 2 or 4 epochs. An epoch whose figure is NaN
/// counts as an epoch without improvement.
public final class EarlyStopping: Callback {
  private let monitorName: String
  private let mode: MetricDirection?
  private let patience: Int
  private let minimumChange: Double
  private let baseline: Double?
  private let startEpoch: Int
  private let model: (any Layer)?
  private var monitor: Monitor?
  /// The optimizer whose averages of the weights are measured; `nil` where the weights themselves are.
  private var averaging: (any Optimizer)?
  private var progress = Progress()
  private var bestState: [String: Tensor<Float>] = [:]

  private struct Progress: Codable {
    /// The larger the better.
    var best: Double?
    var epochsWithout = 0
  }

  /// Makes the callback.
  ///
  /// - Parameters:
  ///   - monitor: the name of the figure, such as `val_loss` or `val_accuracy`.
  ///   - mode: whether the figure should fall (`.min`) or rise (`.max`). By default, a loss should fall, and for a
  ///     metric its ``Metric/direction`` decides.
  ///   - patience: the number of epochs without improvement after which to stop; 0 means the same as 1.
  ///   - minimumChange: the smallest change that counts: an improvement must be larger. Its sign does not matter.
  ///   - baseline: a value that the figure must also exceed (or fall below) for an epoch to count as an improvement.
  ///   - startEpoch: the number of the first epoch that counts.
  ///   - model: the model that gets the weights of its best epoch back when the training is over, early or not: their
  ///     averages, if ``SwapAverages`` validates with these. With `nil`, the model keeps the weights of the last epoch.
  public init(
    monitor: String = "val_loss", mode: MetricDirection? = nil, patience: Int = 0, minimumChange: Double = 0,
    baseline: Double? = nil, startEpoch: Int = 0, restoringBestOf model: (any Layer)? = nil
  ) {
    monitorName = monitor
    self.mode = mode
    self.patience = patience
    self.minimumChange = abs(minimumChange)
    self.baseline = baseline
    self.startEpoch = startEpoch
    self.model = model
  }

  /// Resets the state.
  ///
  /// - Throws: ``FitError`` if the training has no such figure, or if it is not known whether it should rise or fall.
  public func trainingBegan(_ start: TrainingStart) throws {
    (progress, bestState) = (Progress(), [:])
    averaging = start.measuresAverages ? start.optimizer : nil
    monitor = try Monitor(name: monitorName, mode: mode, owner: "EarlyStopping", start)
  }

  /// Compares the figure with the best so far. A missing figure changes nothing.
  public func epochEnded(_ report: EpochReport, history: History) -> TrainingDecision {
    guard let monitor, report.epoch >= startEpoch, report.columns.contains(where: { $0.name == monitor.name }) else {
      return .proceed
    }
    if bestState.isEmpty { bestState = measuredState }
    progress.epochsWithout += 1
    if let score = monitor.score(of: report), isImprovement(score, on: progress.best) {
      progress.best = score
      bestState = measuredState
      let mark = baseline.map { monitor.direction == .max ? $0 : -$0 }
      if isImprovement(score, on: mark) { progress.epochsWithout = 0 }
      return .proceed
    }
    return progress.epochsWithout >= patience && report.epoch > 0 ? .stop : .proceed
  }

  /// The weights that the figures belong to.
  private var measuredState: [String: Tensor<Float>] {
    guard let model else { return [:] }
    return averaging?.withAverages(of: model.parameters) { model.state } ?? model.state
  }

  private func isImprovement(_ score: Double, on best: Double?) -> Bool {
    best.map { score - minimumChange > $0 } ?? true
  }

  /// Gives the model the weights of its best epoch, when the training is over.
  public func trainingEnded(_ end: TrainingEnd) throws {
    switch end {
    case .finished, .stopped: if let model, !bestState.isEmpty { try model.load(state: bestState) }
    case .paused, .failed: break
    }
  }

  /// Stores the best figure, the number of epochs since then, and the weights of the best epoch.
  public func save(to state: inout SavedState) throws {
    try monitor?.save(to: &state)
    try state.set(progress, for: "progress")
    state.tensors = bestState
  }

  /// Restores what ``save(to:)`` has stored.
  ///
  /// - Throws: ``SavedStateError`` if it belongs to another figure or is damaged.
  public func restore(from state: SavedState) throws {
    try monitor?.check(state)
    let saved: Progress = try state.value(for: "progress")
    guard (0..<1 << 62).contains(saved.epochsWithout) else {
      throw SavedStateError(name: "progress", reason: "\(counted(saved.epochsWithout, "epoch")) without improvement")
    }
    (progress, bestState) = (saved, state.tensors)
  }
}
