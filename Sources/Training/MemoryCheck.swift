import NN
import Tensor

extension Layer {
  /// Throws ``FitError`` when batches of so many examples cannot fit into the memory that is available.
  ///
  /// The estimate is a lower bound, so that nothing is refused that works: the inputs of a batch, a quarter of the largest
  /// output of a layer (pooling in the same step as a convolution needs no more), and in training the parameters three
  /// more times, for their gradients and an optimizer.
  func checkMemory(batchSize: Int, inputShape: Shape, isTraining: Bool) throws {
    guard batchSize >= 1, let available = SystemMemory.available else { return }
    let outputs = (self as? Model)?.layerOutputShapes ?? []
    let largest = outputs.map(elementCount).max() ?? 0
    let numbers =
      Double(batchSize) * (elementCount(of: inputShape) + largest / 4) + (isTraining ? 3 * Double(parameterCount) : 0)
    let needed = numbers * Double(MemoryLayout<Float>.size)
    guard needed > Double(available) else { return }
    throw FitError.memory(batchSize: batchSize, inputShape: inputShape, gigabytes: needed / 1e9, available: available)
  }
}

/// In floating point, where no product overflows.
private func elementCount(of shape: Shape) -> Double { shape.reduce(1) { $0 * Double($1) } }
