import NN
import Tensor

/// What a callback gets when `evaluate` or `predict` begins.
public struct InferenceStart {
  /// The model.
  public let model: any Layer
  /// The number of all examples; `Int.max` if it is not known.
  public let exampleCount: Int
  /// The number of batches; `Int.max` if it is not known.
  public let batchCount: Int
}

/// A batch of `evaluate` or `predict`, before or after it is computed.
public struct InferenceBatch: Hashable, Sendable {
  /// The number of the batch, from 0.
  public let batch: Int
  /// The number of examples that are computed so far.
  public let examples: Int
  /// The number of all examples; `Int.max` if it is not known.
  public let exampleCount: Int
}

/// Tells callbacks about a prediction.
struct PredictionEvents {
  private let callbacks: [any Callback]
  private let exampleCount: Int
  private var examples = 0

  init(_ callbacks: [any Callback], exampleCount: Int) {
    (self.callbacks, self.exampleCount) = (callbacks, exampleCount)
  }

  func begin(_ model: any Layer, batchCount: Int) throws {
    let start = InferenceStart(model: model, exampleCount: exampleCount, batchCount: batchCount)
    for callback in callbacks { try callback.predictionBegan(start) }
  }

  /// Computes the outputs for a batch between its two events.
  mutating func outputs(
    ofBatch index: Int, count: Int, _ compute: () throws -> [Tensor<Float>]
  ) throws -> [Tensor<Float>] {
    let start = InferenceBatch(batch: index, examples: examples, exampleCount: exampleCount)
    for callback in callbacks { try callback.predictionBatchBegan(start) }
    let outputs = try compute()
    examples += count
    let end = InferenceBatch(batch: index, examples: examples, exampleCount: exampleCount)
    for callback in callbacks { try callback.predictionBatchEnded(end, outputs: outputs) }
    return outputs
  }

  func end() throws {
    for callback in callbacks { try callback.predictionEnded() }
  }
}
