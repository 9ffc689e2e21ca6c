import Data
import NN
import Optim
import Serialization
import Tensor

/// Writes a training to a folder that TensorBoard shows: `tensorboard --logdir runs`.
///
/// The folder of a run gets event files in `train` and `validation`, under the tags of Keras's `TensorBoard` callback:
/// `epoch_loss`, `epoch_accuracy` and `epoch_learning_rate` with the number of the epoch from 0; and, on request, in `steps`
/// `batch_loss` and `batch_learning_rate` with the number of the step. Give each training a folder of its own.
///
/// A file grows with each epoch. A training that continues from a checkpoint writes a new file, which tells TensorBoard
/// from which step on the earlier ones do not count.
public final class TensorBoard: Callback {
  /// What is written in addition to the figures of each epoch.
  public struct Content {
    /// Write the loss and the learning rate after every n-th step; 0 for never.
    public var stepInterval: Int
    /// Write a histogram of each parameter and each buffer after every n-th epoch; 0 for never.
    public var histogramInterval: Int
    /// Write the graph of the network.
    public var graph: Bool
    /// Settings to compare between runs: `["filters": 64, "optimizer": "Adam"]`.
    public var hyperparameters: [String: Hyperparameter]
    /// The pictures to show after an epoch, by their names.
    public var images: ((EpochReport) throws -> [(name: String, image: Image)])?

    /// Makes the description.
    public init(
      stepInterval: Int = 0, histogramInterval: Int = 0, graph: Bool = true,
      hyperparameters: [String: Hyperparameter] = [:],
      images: ((EpochReport) throws -> [(name: String, image: Image)])? = nil
    ) {
      (self.stepInterval, self.histogramInterval, self.graph) = (stepInterval, histogramInterval, graph)
      (self.hyperparameters, self.images) = (hyperparameters, images)
    }
  }

  private let folder: String
  private let content: Content
  private var start: TrainingStart?
  private var train: EventFile?
  /// A folder of its own, since steps and epochs are counted differently: a restart counts for a folder.
  private var steps: EventFile?
  private var validation: EventFile?
  private var session: EventFile?
  private var learningRate = 0.0

  /// Makes the callback.
  ///
  /// - Parameters:
  ///   - folder: the folder of one run; it is made if it does not exist.
  ///   - content: what is written in addition to the figures of each epoch.
  public init(_ folder: String, content: Content = Content()) {
    (self.folder, self.content) = (folder, content)
  }

  /// Makes the files, and writes the graph and the settings.
  ///
  /// - Throws: `FileError`; ``FitError`` for a negative interval.
  public func trainingBegan(_ start: TrainingStart) throws {
    guard content.stepInterval >= 0, content.histogramInterval >= 0 else {
      throw FitError.option(
        "TensorBoard",
        reason: "the intervals are \(content.stepInterval) and \(content.histogramInterval), 0 or more are needed")
    }
    self.start = start
    let train = try EventFile(in: "\(folder)/train")
    (self.train, steps, validation, session) = (train, nil, nil, nil)
    if content.stepInterval > 0 { steps = try EventFile(in: "\(folder)/steps") }
    if start.hasValidation { validation = try EventFile(in: "\(folder)/validation") }
    if content.graph, let model = start.model as? Model { try train.write(graph: ProtobufMessage(graphOf: model)) }
    guard !content.hyperparameters.isEmpty else { return }
    session = try EventFile(in: folder)
    try session?.write([SummaryValue(content.hyperparameters, time: EventFile.now)], step: 0)
  }

  /// Says where the training goes on.
  public func trainingResumed(_ report: ResumeReport) throws {
    guard let start else { return }
    try train?.writeRestart(step: report.epoch)
    try steps?.writeRestart(step: number(epoch: report.epoch, batch: report.batch, step: report.step, start))
    try validation?.writeRestart(step: report.epoch)
  }

  /// Writes the loss and the rate of the step, if they are due.
  public func batchEnded(_ report: BatchReport) throws -> TrainingDecision {
    learningRate = report.learningRate
    guard content.stepInterval > 0, let start else { return .proceed }
    let step = number(epoch: report.epoch, batch: report.batch, step: report.step - 1, start)
    guard step % content.stepInterval == 0 else { return .proceed }
    try steps?.write(
      [SummaryValue("batch_loss", report.loss), SummaryValue("batch_learning_rate", learningRate)], step: step)
    return .proceed
  }

  /// The number of a step, with those of the epochs before the first one where their length is known.
  private func number(epoch: Int, batch: Int, step: Int, _ start: TrainingStart) -> Int {
    start.batchCount == .max ? step : min(saturatingProduct(epoch, start.batchCount), 1 << 62) + batch
  }

  /// Writes figures, histograms and pictures.
  public func epochEnded(_ report: EpochReport, history: History) throws -> TrainingDecision {
    var values = Self.values(report.training) + [SummaryValue("epoch_learning_rate", learningRate)]
    if content.histogramInterval > 0, report.epoch % content.histogramInterval == 0 { values += histograms }
    values += try content.images?(report).map { try SummaryValue($0.name, $0.image) } ?? []
    try train?.write(values, step: report.epoch)
    if let figures = report.validation { try validation?.write(Self.values(figures), step: report.epoch) }
    return .proceed
  }

  private static func values(_ figures: Figures) -> [SummaryValue] {
    figures.sorted.map { SummaryValue("epoch_\($0.name)", $0.value) }
  }

  /// All parameters and buffers, `conv2d/weight/histogram`.
  private var histograms: [SummaryValue] {
    (start?.model.state ?? [:]).sorted { $0.key < $1.key }.compactMap { name, tensor in
      SummaryValue(name.replacing(".", with: "/") + "/histogram", histogramOf: tensor)
    }
  }

  /// Says how the training has ended.
  public func trainingEnded(_ end: TrainingEnd) throws {
    let isWell =
      switch end {
      case .finished, .stopped, .paused: true
      case .failed: false
      }
    try session?.write([SummaryValue(endedWell: isWell, time: EventFile.now)], step: 0)
    (start, train, steps, validation, session) = (nil, nil, nil, nil, nil)
  }

  /// Stores the last learning rate.
  public func save(to state: inout SavedState) throws {
    try state.set(learningRate, for: "learningRate")
  }

  /// Restores what ``save(to:)`` has stored.
  public func restore(from state: SavedState) throws {
    learningRate = try state.value(for: "learningRate")
  }
}
