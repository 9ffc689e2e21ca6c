import Logging
import Training

/// Sends the events of a training to a `Logger` of swift-log, with figures and places as metadata: pass
/// `TrainingLogger(Logger(label: "training"))` to `fit` as a callback.
///
/// | event | level | metadata |
/// |---|---|---|
/// | the training begins, continues or ends | `info` | `epochs`, `examples`; `epoch`, `batch`, `checkpoint`; `end` |
/// | an epoch ends | `info` | `epoch`, `step`, `learning_rate`, each figure |
/// | a step ends | `trace` | `epoch`, `step`, `learning_rate`, `loss` |
/// | a warning | `warning` | |
/// | an error ends the training | `error` | `error` |
///
/// `fit` prints warnings to the standard error too.
public final class TrainingLogger: Callback {
  private let logger: Logger
  private var (step, learningRate) = (0, 0.0)

  /// Makes the callback.
  public init(_ logger: Logger) { self.logger = logger }

  /// Logs the beginning.
  public func trainingBegan(_ start: TrainingStart) {
    (step, learningRate) = (0, 0)
    logger.info(
      "training began",
      metadata: [
        "epochs": "\(start.epochs)", "examples": start.exampleCount == .max ? "unknown" : "\(start.exampleCount)",
      ])
  }

  /// Logs where the training goes on.
  public func trainingResumed(_ report: ResumeReport) {
    logger.info(
      "training resumed",
      metadata: ["epoch": "\(report.epoch)", "batch": "\(report.batch)", "checkpoint": "\(report.path)"])
    for damaged in report.damaged { logger.warning("skipped a damaged checkpoint: \(damaged)") }
  }

  /// Logs the step.
  public func batchEnded(_ report: BatchReport) -> TrainingDecision {
    (step, learningRate) = (report.step, report.learningRate)
    logger.trace(
      "step ended",
      metadata: [
        "epoch": "\(report.epoch)", "step": "\(report.step)", "learning_rate": "\(report.learningRate)",
        "loss": "\(report.loss)",
      ])
    return .proceed
  }

  /// Logs the epoch.
  public func epochEnded(_ report: EpochReport, history: History) -> TrainingDecision {
    var metadata: Logger.Metadata = [
      "epoch": "\(report.epoch)", "step": "\(step)", "learning_rate": "\(learningRate)",
    ]
    for (name, value) in report.columns { metadata[name] = "\(value)" }
    logger.info("epoch ended", metadata: metadata)
    return .proceed
  }

  /// Logs the warning.
  public func warned(_ warning: String) { logger.warning("\(warning)") }

  /// Logs the end.
  public func trainingEnded(_ end: TrainingEnd) {
    switch end {
    case .finished: logger.info("training ended", metadata: ["end": "finished"])
    case .stopped: logger.info("training ended", metadata: ["end": "stopped"])
    case .paused: logger.info("training ended", metadata: ["end": "paused"])
    case .failed(let error): logger.error("training ended", metadata: ["end": "failed", "error": "\(error)"])
    }
  }

  /// Stores the last step and its rate.
  public func save(to state: inout SavedState) throws {
    try state.set(step, for: "step")
    try state.set(learningRate, for: "learningRate")
  }

  /// Restores what ``save(to:)`` has stored.
  public func restore(from state: SavedState) throws {
    (step, learningRate) = (try state.value(for: "step"), try state.value(for: "learningRate"))
  }
}
