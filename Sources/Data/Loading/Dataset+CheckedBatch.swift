import Tensor

extension Dataset {
  /// The examples of the given numbers, made by a data set that may be a program's own.
  ///
  /// - Throws: ``DatasetError`` if the batch has inputs of other shapes than the data set says, other numbers of examples than
  ///   were asked for, or weights that are negative or not finite; the errors of the data set.
  package func checkedBatch(_ indices: [Int], changedBy changes: EpochChanges? = nil) throws -> Batch {
    let batch = try changes.map { try self.batch(indices, changedBy: $0) } ?? self.batch(indices)
    try batch.check(exampleCount: indices.count, inputShapes: inputShapes)
    return batch
  }
}

extension Batch {
  fileprivate func check(exampleCount: Int, inputShapes: [Shape]) throws(DatasetError) {
    let (inputs, targets) = (allInputs, allTargets)
    guard inputs.count == inputShapes.count else {
      throw .otherBatch("\(inputs.count) inputs", expected: "\(inputShapes.count)")
    }
    for (index, shape) in inputShapes.enumerated() {
      let expected = Shape([exampleCount] + shape)
      guard inputs[index].shape == expected else {
        let name = inputs.count == 1 ? "inputs" : "inputs \(index + 1)"
        throw .otherBatch("\(name) of shape \(inputs[index].shape)", expected: "\(expected)")
      }
    }
    for (index, target) in targets.enumerated() where target.shape.first != exampleCount {
      let name = targets.count == 1 ? "targets" : "targets \(index + 1)"
      throw .otherBatch("\(name) of shape \(target.shape)", expected: "[\(exampleCount), …]")
    }
    if let weights, weights.shape != [exampleCount] {
      throw .otherBatch("weights of shape \(weights.shape)", expected: "[\(exampleCount)]")
    }
    try checkSampleWeights(weights?.scalars, count: exampleCount)
  }
}
