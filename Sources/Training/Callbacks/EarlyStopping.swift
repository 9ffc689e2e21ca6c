/// Stops when a figure has not improved for some epochs.
public final class EarlyStopping: Callback {
  private let monitor: String
  private let patience: Int
  private let minimumChange: Double
  private var best: Double?
  private var epochsWithoutProgress = 0

  /// Makes the callback.
  ///
  /// - Parameters:
  ///   - monitor: the name of the figure. One that ends in `accuracy` should rise, any other fall.
  ///   - patience: how many epochs without progress are borne; the next one stops.
  ///   - minimumChange: what counts as progress.
  public init(monitor: String = "val_loss", patience: Int = 0, minimumChange: Double = 0) {
    self.monitor = monitor
    self.patience = patience
    self.minimumChange = minimumChange
  }

  /// Compares the figure with the best so far; a figure that is not there changes nothing.
  public func epochEnded(_ report: EpochReport, history: History) -> TrainingDecision {
    guard let value = history[monitor].last else { return .proceed }
    let score = monitor.hasSuffix("accuracy") ? value : -value
    if best.map({ score > $0 + minimumChange }) ?? true {
      best = score
      epochsWithoutProgress = 0
    } else {
      epochsWithoutProgress += 1
    }
    return epochsWithoutProgress > patience ? .stop : .proceed
  }
}
