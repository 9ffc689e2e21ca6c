/// Shows the progress of a training: on the terminal, in a window, on a web page.
///
/// ```swift
/// final class Dots: ProgressRenderer {
///   func show(_ snapshot: TrainingSnapshot) { print(".", terminator: "") }
/// }
/// ```
///
/// Pass it to `fit` as `progress: .renderer(Dots())`. All functions are called on the thread that trains, in the order of
/// the events; a renderer that draws on another thread keeps the snapshot, which may be sent there.
public protocol ProgressRenderer: AnyObject {
  /// Callbacks through which the renderer takes part in the training: a ``StopRequest`` behind a key, for example. None by
  /// default.
  var callbacks: [any Callback] { get }
  /// Called once at the beginning.
  func began(_ snapshot: TrainingSnapshot)
  /// Called if the training continues from a checkpoint.
  func resumed(_ report: ResumeReport)
  /// Called when an epoch begins, and after each batch of the training and of the validation: often, so it should cost
  /// little.
  func show(_ snapshot: TrainingSnapshot)
  /// Called with the result on the validation data.
  func validated(_ evaluation: Evaluation)
  /// Called after each epoch.
  func epochEnded(_ report: EpochReport, _ snapshot: TrainingSnapshot)
  /// Called for each warning.
  func warned(_ warning: String)
  /// Called once at the end, on every way out.
  func ended(_ end: TrainingEnd)
}

extension ProgressRenderer {
  /// Empty: the renderer needs no callbacks.
  public var callbacks: [any Callback] { [] }
  /// Does nothing.
  public func began(_ snapshot: TrainingSnapshot) {}
  /// Does nothing.
  public func resumed(_ report: ResumeReport) {}
  /// Does nothing.
  public func validated(_ evaluation: Evaluation) {}
  /// Does nothing.
  public func epochEnded(_ report: EpochReport, _ snapshot: TrainingSnapshot) {}
  /// Prints it to the standard error.
  public func warned(_ warning: String) { Terminal.printWarning(warning) }
  /// Does nothing.
  public func ended(_ end: TrainingEnd) {}
}
