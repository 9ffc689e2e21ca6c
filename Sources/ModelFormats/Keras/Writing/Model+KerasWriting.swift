import NN
import Optim
import Serialization
import Tensor

extension Model {
  /// Writes the model as a `.keras` file, whole or not at all.
  ///
  /// Keras 3.0.5 and every later version opens the file with `keras.models.load_model`, predicts the same, and trains
  /// after `compile`. A chain of layers is written as `Sequential`, another graph as `Functional`; models inside the model
  /// stay models. The file holds layers, parameters, running statistics, what is frozen, and `metadata`; the same model
  /// gives the same bytes. What a model that was read from a Keras file had there and Kilim does not apply, such as a
  /// penalty of a user's own, is written again. A layer that is called again with what was made of its own result needs Keras 3.12.
  ///
  /// A call with `training: false` is written, and Kilim reads it again; Keras 3 ignores it in `fit`, where only frozen
  /// layers stay as they are. A call with `training: true` is refused, for Keras would predict without it.
  ///
  /// A layer of your own is written when it conforms to ``KerasCustomLayer``.
  ///
  /// ```swift
  /// try model.save(to: "model.keras")
  /// let same = try Model(contentsOf: "model.keras")
  /// ```
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - replacing: which files may be replaced; by default, only `.keras` files.
  /// - Throws: `ModelFileError` naming the layer if Keras lacks it or one of its options, before a file is touched;
  ///   `FileError` if the file cannot be written. ``checkSavable(as:to:optimizer:loss:metrics:)`` throws the former before
  ///   the model is trained.
  public func save(to path: String, replacing: ReplacePolicy = .sameKind) throws {
    try KerasFile(model: self).write(to: path, replacing: replacing)
  }

  /// Writes the model as a `.keras` file together with the state of its training, whole or not at all.
  ///
  /// Keras continues the training without `compile`, from the optimizer's state; ``KerasFile`` reads all of it again.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - optimizer: what has trained the model, with its state. Keras keeps one step count for all parameters; the
  ///     optimizer's own is written.
  ///   - loss: the loss that was minimized.
  ///   - metrics: what was measured.
  ///   - replacing: which files may be replaced; by default, only `.keras` files.
  /// - Throws: `ModelFileError` naming what Keras lacks, before a file is touched, also for a model with options of another
  ///   file that Kilim did not apply in training; `FileError` if the file cannot be written.
  public func save(
    to path: String, optimizer: any Optimizer, loss: any Loss, metrics: [any Metric] = [Accuracy()],
    replacing: ReplacePolicy = .sameKind
  ) throws {
    let training = KerasTraining(optimizer: optimizer, loss: loss, metrics: metrics)
    try KerasFile(model: self, training: training).write(to: path, replacing: replacing)
  }

  /// Writes a model with several outputs as a `.keras` file together with the state of its training, whole or not at all.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - optimizer: what has trained the model, with its state.
  ///   - losses: the loss of each output.
  ///   - lossWeights: how much each loss counts in the sum; 1 for an output without.
  ///   - metrics: what was measured, of each output.
  ///   - replacing: which files may be replaced; by default, only `.keras` files.
  /// - Throws: as ``save(to:optimizer:loss:metrics:replacing:)``.
  public func save(
    to path: String, optimizer: any Optimizer, losses: PerOutput<any Loss>, lossWeights: PerOutput<Float>? = nil,
    metrics: PerOutput<[any Metric]> = [:], replacing: ReplacePolicy = .sameKind
  ) throws {
    let training = KerasTraining(optimizer: optimizer, losses: losses, lossWeights: lossWeights, metrics: metrics)
    try KerasFile(model: self, training: training).write(to: path, replacing: replacing)
  }
}
