import NN
import Optim
import Serialization
import Tensor

extension Sequential {
  /// Writes the model as a `.keras` file, whole or not at all.
  ///
  /// Keras 3.0.5 and every later version opens the file with `keras.models.load_model`, predicts the same, and goes on
  /// training after `compile`. The file holds layers, parameters, running statistics and `metadata`; the same model
  /// gives the same bytes. Parts that are `Sequential` themselves are written layer by layer.
  ///
  /// ```swift
  /// try model.save(to: "model.keras")
  /// let same = try Sequential(contentsOf: "model.keras")
  /// ```
  ///
  /// - Throws: `ModelFileError` naming the layer if Keras lacks it or one of its options, before a file is touched;
  ///   `FileError` if the file cannot be written.
  public func save(to path: String) throws {
    try KerasFile(model: self).write(to: path)
  }

  /// Writes the model as a `.keras` file together with the state of its training, whole or not at all.
  ///
  /// Keras goes on training without `compile`, from the optimizer's state; ``KerasFile`` gives all of it back here.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - optimizer: what has trained the model.
  ///   - loss: what was made small.
  ///   - metrics: what was measured.
  /// - Throws: `ModelFileError` naming what Keras lacks, before a file is touched; `FileError` if the file cannot be
  ///   written.
  public func save(
    to path: String, optimizer: any Optimizer, loss: any Loss, metrics: [any Metric] = [Accuracy()]
  ) throws {
    let training = KerasTraining(optimizer: optimizer, loss: loss, metrics: metrics)
    try KerasFile(model: self, training: training).write(to: path)
  }
}
