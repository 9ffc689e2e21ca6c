import Foundation
import NN
import Serialization
import Tensor

/// Which checkpoint of a folder to use.
public enum CheckpointChoice: String, Hashable, Sendable, CaseIterable {
  /// The checkpoint of the best epoch.
  case best
  /// The newest checkpoint.
  case newest
}

/// The name under which a checkpoint holds the metadata of the model.
let modelMetadataKey = "modelMetadata"

extension Layer {
  /// Loads the weights and buffers of a checkpoint into the model, for example those of the best epoch.
  ///
  /// ```swift
  /// try model.fit(train, validation: test, epochs: 20, loss: .categoricalCrossEntropy, checkpoints: Checkpoints("run"))
  /// try model.load(checkpoint: "run")
  /// ```
  ///
  /// Where the training validates with the running averages of the weights (``SwapAverages``), the model gets these averages, as
  /// the figures are theirs.
  ///
  /// A `Model` also gets the class names, the preprocessing and the meaning of the outputs from the checkpoint. It loses its
  /// `confidence`, which is right only for the weights that it was made with.
  ///
  /// - Parameters:
  ///   - path: the file of a checkpoint, or a folder of checkpoints.
  ///   - choice: which checkpoint of a folder to load.
  ///   - limit: the largest file to read, in bytes.
  /// - Throws: ``CheckpointError`` if there is no such checkpoint, `FileError` or `ModelFileError` if the file is
  ///   damaged or not a checkpoint, `StateError` if it belongs to another model. After an error the model is unchanged.
  public func load(checkpoint path: String, choosing choice: CheckpointChoice = .best, limit: Int = 1 << 36) throws {
    let state = try SavedState(contentsOf: checkpointFile(at: path, choice), limit: limit)
    let metadata = try state.metadataOfModel
    try load(state: state.measuredWeights)
    guard let model = self as? Model else { return }
    model.metadata.merge(metadata) { _, new in new }
    model.confidence = nil
    model.lacksTrainedWeights = false
  }
}

extension SavedState {
  /// The weights and buffers in a checkpoint that the validation figures belong to.
  fileprivate var measuredWeights: [String: Tensor<Float>] {
    let weights = part("model").tensors
    return SwapAverages.isPart(of: self) ? weights.merging(part("optimizer.average").tensors) { $1 } : weights
  }

  /// The metadata of the model in a checkpoint or message; checkpoints of earlier versions have none.
  var metadataOfModel: [String: String] {
    get throws { values[modelMetadataKey] == nil ? [:] : try value(for: modelMetadataKey) }
  }
}

/// The file at a path, or the chosen one of the folder at the path.
private func checkpointFile(at path: String, _ choice: CheckpointChoice) throws -> String {
  var isFolder: ObjCBool = false
  guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue else { return path }
  let files = try CheckpointFolder(path).files()
  guard let newest = files.last else {
    var isInside: ObjCBool = false
    let inner = "\(path)/checkpoints"
    let hasInner = FileManager.default.fileExists(atPath: inner, isDirectory: &isInside) && isInside.boolValue
    throw CheckpointError.none(
      path: path, reason: "there are no checkpoints in this folder" + (hasInner ? "; try \(inner)" : ""))
  }
  switch choice {
  case .newest: return "\(path)/\(newest.name)"
  case .best:
    guard let best = files.last(where: \.isBest) else {
      throw CheckpointError.none(
        path: path,
        reason: "there is no checkpoint of a best epoch, which needs validation data; the newest is \(newest.name)")
    }
    return "\(path)/\(best.name)"
  }
}
