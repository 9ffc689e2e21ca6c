import NN
import Optim
import Serialization
import Tensor

extension Model {
  /// Checks that the model can be saved, before time is spent on training it.
  ///
  /// ```swift
  /// try model.checkSavable(as: .keras, optimizer: optimizer, loss: .categoricalCrossEntropy)
  /// ```
  ///
  /// No file is touched.
  ///
  /// - Parameters:
  ///   - format: `.keras`; `.hdf5Weights` for ``saveWeights(to:replacing:)``; `.onnx` for
  ///     ``exportONNX(to:replacing:)``; `.safetensors`, `.npz` and `.npy` hold tensors alone, of any model.
  ///   - path: the file to write, named by errors.
  ///   - optimizer: what is going to train the model, for a file that is written with its training; `nil` for the model
  ///     alone.
  ///   - loss: the loss to minimize; needed with an optimizer.
  ///   - metrics: what else is going to be measured.
  /// - Throws: `ModelFileError` naming the layer, optimizer, loss or metric that the format lacks: what saving would throw;
  ///   also if there is not enough memory to write a `.keras` file.
  public func checkSavable(
    as format: ModelFileFormat = .keras, to path: String = "the model", optimizer: (any Optimizer)? = nil,
    loss: (any Loss)? = nil, metrics: [any Metric] = []
  ) throws {
    switch format {
    case .keras:
      let training = optimizer.flatMap { optimizer in
        loss.map { KerasTraining(optimizer: optimizer, loss: $0, metrics: metrics) }
      }
      try KerasFile(model: self, training: training).check(for: path)
      try requireMemory(toWrite: optimizer, path)
    case .hdf5Weights: _ = try KerasWriting(self, path: path).groups()
    case .onnx: try checkONNX(for: path)
    case .safetensors, .npz, .npy: break
    default:
      throw ModelFileError(
        path: path, place: "file",
        problem: .unsupported(found: "\(format)", expected: "a format that Kilim writes"))
    }
  }

  /// Checks that a model with several outputs can be saved with its training, before time is spent on it. No file is touched.
  ///
  /// - Parameters:
  ///   - path: the `.keras` file to write, named by errors.
  ///   - optimizer: what is going to train the model.
  ///   - losses: the loss of each output.
  ///   - lossWeights: how much each loss counts in the sum; 1 for an output without.
  ///   - metrics: what else is going to be measured, of each output.
  /// - Throws: `ModelFileError` naming the layer, optimizer, loss or metric that Keras lacks: what saving would throw.
  public func checkSavable(
    to path: String = "the model", optimizer: any Optimizer, losses: PerOutput<any Loss>,
    lossWeights: PerOutput<Float>? = nil, metrics: PerOutput<[any Metric]> = [:]
  ) throws {
    let training = KerasTraining(optimizer: optimizer, losses: losses, lossWeights: lossWeights, metrics: metrics)
    try KerasFile(model: self, training: training).check(for: path)
    try requireMemory(toWrite: optimizer, path)
  }

  /// Throws if the model and the state of its training cannot fit into memory together with the three copies of all numbers
  /// that are made when a `.keras` file is written: the weights as one file, that file in an archive, and the whole file. This is
  /// a lower bound: it never refuses what works.
  private func requireMemory(toWrite optimizer: (any Optimizer)?, _ path: String) throws {
    let slots = optimizer?.storedSlotNames.count ?? 0
    let needed = Double(parameterCount) * Double(MemoryLayout<Float>.size * (slots + 3 * (1 + slots)))
    guard let available = SystemMemory.available, needed > Double(available) else { return }
    throw ModelFileError(
      path: path, place: "file",
      problem: .mismatch(
        found: "a model that takes \(byteText(needed)) of memory to write",
        expected: "one that takes at most the \(byteText(available)) that are available"))
  }
}
