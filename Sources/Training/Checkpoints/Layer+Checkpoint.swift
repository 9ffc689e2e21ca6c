import NN
import Tensor

extension Layer {
  /// Gives the model the weights and buffers that a checkpoint holds, such as those of the best epoch
  /// (``Checkpoints/best``).
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - limit: the largest file to take, in bytes.
  /// - Throws: `FileError` or `ModelFileError` unless the file is a whole checkpoint, `StateError` when it is one of
  ///   another model. Nothing is changed then.
  public func load(checkpoint path: String, limit: Int = 1 << 36) throws {
    try load(state: SavedState(contentsOf: path, limit: limit).part("model").tensors)
  }
}
