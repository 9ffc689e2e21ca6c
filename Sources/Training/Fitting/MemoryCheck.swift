import NN
import Tensor

extension Layer {
  /// Throws a ``FitError`` if batches of `batchSize` examples cannot fit into the available memory.
  ///
  /// The estimate is a lower bound, so that it never refuses what works: the inputs of a batch, a quarter of the
  /// largest output of a layer (a convolution with pooling in the same step needs no more), and for training three more
  /// copies of the parameters, for their gradients and the optimizer.
  func checkMemory(batchSize: Int, inputShapes: [Shape], isTraining: Bool) throws {
    guard batchSize >= 1, let available = SystemMemory.available else { return }
    let outputs = (self as? Model)?.layerOutputShapes ?? []
    let largest = outputs.map(elementCount).max() ?? 0
    let numbers =
      Double(batchSize) * (inputShapes.map(elementCount).reduce(0, +) + largest / 4)
      + (isTraining ? 3 * Double(parameterCount) : 0)
    let needed = numbers * Double(MemoryLayout<Float>.size)
    guard needed > Double(available) else { return }
    throw FitError.memory(
      batchSize: batchSize, inputShape: inputShapes.first ?? [], gigabytes: needed / 1e9, available: available)
  }
}

/// In floating point, so that no product overflows.
private func elementCount(of shape: Shape) -> Double { shape.reduce(1) { $0 * Double($1) } }
