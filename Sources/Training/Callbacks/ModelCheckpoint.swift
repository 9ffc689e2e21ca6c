import NN
import Optim
import Serialization

/// Saves the model during a training, as Keras's `ModelCheckpoint`: after each best epoch, or after every n epochs or
/// steps.
///
/// The file name is a pattern with the fields `epoch` and `batch`, counted from 1, and the names of figures:
/// `models/{epoch:02d}-{val_loss:.3f}.keras`. See ``FileNamePattern``. Without fields, each save replaces the file.
///
/// What is written is the matter of a closure, since this module knows no format of models. `Kilim` adds an initializer that
/// writes `.keras` files. For a training that can continue, use ``Checkpoints``: a model is not the state of a training.
public final class ModelCheckpoint: Callback {
  /// When the model is saved.
  public enum Moment: Hashable, Sendable {
    /// After each epoch whose figure is better than that of all before it. The direction is that of the metric unless it is
    /// given. With a threshold, it must be better than this value too.
    case best(of: String = "val_loss", mode: MetricDirection? = nil, threshold: Double? = nil)
    /// After every n-th epoch.
    case epochs(Int)
    /// After every n-th step, counted from the beginning of the first epoch.
    case steps(Int)
  }

  private let pattern: String
  private let moment: Moment
  private let savesAverages: Bool
  private let check: (any Layer) throws -> Void
  private let write: (_ model: any Layer, _ path: String) throws -> Void
  private var parsed: FileNamePattern?
  private var start: TrainingStart?
  private var monitor: Monitor?
  /// The best score so far; the larger the better.
  private var best: Double?

  /// Makes the callback.
  ///
  /// - Parameters:
  ///   - pattern: the path of the file, with fields in braces. Its folder must exist.
  ///   - moment: when the model is saved.
  ///   - savesAverages: whether the model has the running averages of the optimizer as its weights while it is saved.
  ///   - check: throws for a model that cannot be written, before any work.
  ///   - write: writes the model to a path.
  public init(
    _ pattern: String, when moment: Moment = .epochs(1), savesAverages: Bool = false,
    check: @escaping (any Layer) throws -> Void = { _ in },
    write: @escaping (_ model: any Layer, _ path: String) throws -> Void
  ) {
    (self.pattern, self.moment, self.savesAverages, self.check, self.write) = (
      pattern, moment, savesAverages, check, write
    )
  }

  /// Checks pattern and figure, and resets the state.
  ///
  /// - Throws: ``FileNamePatternError`` or ``FitError``; `FileError` if the folder does not exist.
  public func trainingBegan(_ start: TrainingStart) throws {
    (self.start, monitor, best) = (start, nil, nil)
    var fields = ["epoch"] + start.figureNames
    switch moment {
    case .best(let name, let mode, let threshold):
      let monitor = try Monitor(name: name, mode: mode, owner: "ModelCheckpoint", start)
      self.monitor = monitor
      best = threshold.map { monitor.direction == .max ? $0 : -$0 }
    case .epochs(let count), .steps(let count):
      guard count >= 1 else {
        throw FitError.option(
          "ModelCheckpoint", reason: "it saves every \(count) epochs or steps; at least 1 is needed")
      }
    }
    if case .steps = moment { fields = ["epoch", "batch", "loss"] + start.metrics.map(\.name) }
    if savesAverages, start.optimizer.options.average == nil {
      throw FitError.option("ModelCheckpoint", reason: "the optimizer keeps no averages; its `average:` asks for them")
    }
    let parsed = try FileNamePattern(pattern, fields: fields)
    try requireFolder(of: parsed.fixedStart)
    try check(start.model)
    self.parsed = parsed
  }

  /// Saves the model if that is due after this step.
  public func batchEnded(_ report: BatchReport) throws -> TrainingDecision {
    if case .steps(let count) = moment, report.step % count == 0 {
      try save(report.figures.sorted, epoch: report.epoch, batch: report.batch)
    }
    return .proceed
  }

  /// Saves the model if that is due after this epoch.
  public func epochEnded(_ report: EpochReport, history: History) throws -> TrainingDecision {
    switch moment {
    case .steps: break
    case .epochs(let count):
      if (report.epoch + 1) % count == 0 { try save(report.columns, epoch: report.epoch, batch: nil) }
    case .best:
      guard let score = monitor?.score(of: report), best.map({ score > $0 }) ?? true else { break }
      best = score
      try save(report.columns, epoch: report.epoch, batch: nil)
    }
    return .proceed
  }

  private func save(_ figures: [(name: String, value: Double)], epoch: Int, batch: Int?) throws {
    guard let start, let parsed else { return }
    var fields = Dictionary(figures.map { ($0.name, FileNamePattern.Value.number($0.value)) }) { $1 }
    fields["epoch"] = .count(epoch + 1)
    fields["batch"] = batch.map { .count($0 + 1) }
    let path = parsed.text(fields)
    guard savesAverages else { return try write(start.model, path) }
    try start.optimizer.withAverages(of: start.model.parameters) { try write(start.model, path) }
  }

  /// Stores the best figure.
  public func save(to state: inout SavedState) throws {
    guard let best else { return }
    try monitor?.save(to: &state)
    try state.set(best, for: "best")
  }

  /// Restores what ``save(to:)`` has stored.
  ///
  /// - Throws: ``SavedStateError`` if it belongs to another figure or is damaged.
  public func restore(from state: SavedState) throws {
    try monitor?.check(state)
    best = try state.value(for: "best")
  }
}
