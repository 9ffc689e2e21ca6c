import Tensor

/// Examples that are in memory as two tensors.
public struct TensorDataset: Dataset {
  /// The inputs, `[N, …]`.
  public let inputs: Tensor<Float>
  /// The targets, `[N, …]`, in the form that the loss takes.
  public let targets: Tensor<Float>
  /// The names of the classes in the order of the targets, where there are any.
  public let classes: [String]

  /// Makes a data set of inputs and their targets.
  ///
  /// - Throws: ``DatasetError`` when the numbers of examples differ.
  public init(inputs: Tensor<Float>, targets: Tensor<Float>, classes: [String] = []) throws(DatasetError) {
    let (inputCount, targetCount) = (inputs.shape.first ?? 0, targets.shape.first ?? 0)
    guard inputCount == targetCount else { throw .countsDiffer(inputs: inputCount, targets: targetCount) }
    self.inputs = inputs.contiguous()
    self.targets = targets.contiguous()
    self.classes = classes
  }

  /// The number of examples.
  public var count: Int { inputs.shape.first ?? 0 }
  /// The shape of one input.
  public var inputShape: Shape { Shape(inputs.shape.dropFirst()) }

  /// The examples of the given numbers.
  public func batch(_ indices: [Int]) -> Batch {
    Batch(inputs: gather(inputs, indices), targets: gather(targets, indices))
  }

  /// Rows of a tensor, `[N, …]` to `[indices, …]`.
  private func gather(_ tensor: Tensor<Float>, _ indices: [Int]) -> Tensor<Float> {
    let rowShape = tensor.shape.dropFirst()
    let rowCount = rowShape.reduce(1, *)
    return Tensor(unsafeUninitialized: Shape([indices.count] + rowShape)) { target in
      tensor.withUnsafeScalars { source in
        for (position, index) in indices.enumerated() {
          let row = source[index * rowCount..<(index + 1) * rowCount]
          _ = target[(position * rowCount)...].update(fromContentsOf: row)
        }
      }
    }
  }
}
