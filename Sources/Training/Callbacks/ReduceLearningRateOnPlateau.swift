import NN
import Optim

/// Lowers the learning rate if a figure has not improved for some epochs, by the rules of Keras's `ReduceLROnPlateau`.
///
/// An epoch improves the best value by more than ``minimumChange``, or counts as an epoch without improvement. After
/// `patience` such epochs the rate is multiplied by `factor`, but does not fall below `minimumRate`. During the `cooldown`
/// epochs after that, none counts. The first epoch gives the first best value; NaN never improves.
///
/// A ``LearningRateSchedule`` keeps its form: all its rates are multiplied.
public final class ReduceLearningRateOnPlateau: Callback {
  private let monitorName: String
  private let mode: MetricDirection?
  private let factor: Double
  private let patience: Int
  private let minimumChange: Double
  private let cooldown: Int
  private let minimumRate: Double
  private var monitor: Monitor?
  private var optimizer: (any Optimizer)?
  private var progress = Progress()

  private struct Progress: Codable {
    /// The larger the better.
    var best: Double?
    var epochsWithout = 0
    var cooldownLeft = 0
  }

  /// Makes the callback.
  ///
  /// - Parameters:
  ///   - monitor: the name of the figure, such as `val_loss` or `val_accuracy`.
  ///   - mode: whether the figure should fall (`.min`) or rise (`.max`). By default, a loss should fall, and for a
  ///     metric its ``Metric/direction`` decides.
  ///   - factor: the factor on the rate, at least 0 and below 1.
  ///   - patience: the number of epochs without improvement after which the rate falls; 0 means the same as 1.
  ///   - minimumChange: the smallest change that counts: an improvement must be larger.
  ///   - cooldown: the number of epochs after a change of the rate that do not count.
  ///   - minimumRate: the lowest rate.
  public init(
    monitor: String = "val_loss", mode: MetricDirection? = nil, factor: Double = 0.1, patience: Int = 10,
    minimumChange: Double = 1e-4, cooldown: Int = 0, minimumRate: Double = 0
  ) {
    monitorName = monitor
    self.mode = mode
    self.factor = factor
    self.patience = patience
    self.minimumChange = abs(minimumChange)
    self.cooldown = cooldown
    self.minimumRate = minimumRate
  }

  /// Resets the state.
  ///
  /// - Throws: ``FitError`` if a number is out of its range, if the training has no such figure, or if it is not known
  ///   whether it should rise or fall.
  public func trainingBegan(_ start: TrainingStart) throws {
    guard (0..<1).contains(factor), minimumRate >= 0, minimumRate.isFinite, !minimumChange.isNaN else {
      throw FitError.option(
        "ReduceLearningRateOnPlateau",
        reason:
          "factor is \(factor), minimumRate \(minimumRate) and minimumChange \(minimumChange); a factor in 0..<1, a "
          + "finite rate of 0 or more and a number are needed")
    }
    progress = Progress()
    optimizer = start.optimizer
    monitor = try Monitor(name: monitorName, mode: mode, owner: "ReduceLearningRateOnPlateau", start)
  }

  /// Compares the figure with the best so far. A missing figure changes nothing.
  public func epochEnded(_ report: EpochReport, history: History) -> TrainingDecision {
    guard let monitor, report.columns.contains(where: { $0.name == monitor.name }) else { return .proceed }
    if progress.cooldownLeft > 0 {
      progress.cooldownLeft -= 1
      progress.epochsWithout = 0
    }
    if let score = monitor.score(of: report), progress.best.map({ score - minimumChange > $0 }) ?? true {
      progress.best = score
      progress.epochsWithout = 0
    } else if progress.cooldownLeft == 0 {
      progress.epochsWithout += 1
      if progress.epochsWithout >= patience { lowerRate() }
    }
    return .proceed
  }

  private func lowerRate() {
    guard let optimizer else { return }
    let rate = optimizer.currentLearningRate
    guard rate > minimumRate else { return }
    optimizer.learningRate = optimizer.learningRate.scaled(by: max(rate * factor, minimumRate) / rate)
    progress.cooldownLeft = cooldown
    progress.epochsWithout = 0
  }

  /// Stores the best figure and the numbers of epochs. The learning rate is stored by `fit`.
  public func save(to state: inout SavedState) throws {
    try monitor?.save(to: &state)
    try state.set(progress, for: "progress")
  }

  /// Restores what ``save(to:)`` has stored.
  ///
  /// - Throws: ``SavedStateError`` if it belongs to another figure or is damaged.
  public func restore(from state: SavedState) throws {
    try monitor?.check(state)
    let saved: Progress = try state.value(for: "progress")
    guard (0..<1 << 62).contains(saved.epochsWithout), (0..<1 << 62).contains(saved.cooldownLeft) else {
      throw SavedStateError(
        name: "progress", reason: "\(saved.epochsWithout) epochs without improvement, \(saved.cooldownLeft) of cooldown"
      )
    }
    progress = saved
  }
}
