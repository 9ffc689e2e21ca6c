import NN
import Optim

/// What a callback gets when a training begins.
public struct TrainingStart {
  /// The model.
  public let model: any Layer
  /// The optimizer. Its learning rate may be changed between steps.
  public let optimizer: any Optimizer
  /// The number of the first epoch; 0 unless `fit` was told otherwise.
  public let firstEpoch: Int
  /// The end of the training: epochs `firstEpoch..<epochs` are trained.
  public let epochs: Int
  /// The number of examples in an epoch; `Int.max` if it is not known.
  public let exampleCount: Int
  /// The number of steps in an epoch; `Int.max` if it is not known.
  public let batchCount: Int
  /// The metrics that are measured in addition to the loss.
  public let metrics: [any Metric]
  /// Whether there is validation data.
  public let hasValidation: Bool
  /// Whether the model is validated with the running averages of its weights.
  var measuresAverages = false
  /// Prints a warning to the standard error and passes it to all callbacks.
  public let warn: (String) -> Void

  /// The names of all figures of the history, sorted: `accuracy`, `loss`, `val_accuracy`, `val_loss`.
  public var figureNames: [String] {
    let names = metrics.map(\.name) + ["loss"]
    return (names + (hasValidation ? names.map { "val_\($0)" } : [])).sorted()
  }
}
