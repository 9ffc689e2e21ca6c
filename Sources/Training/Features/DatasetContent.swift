import Data
import Serialization
import Tensor

/// What identifies the examples of a data set, their targets and weights.
struct DatasetContent {
  /// A number for each example that only copies of it have.
  let keys: [UInt64]
  let targets: Tensor<Float>
  /// How much each example counts in the loss; `nil` for all the same.
  let weights: [Float]?

  /// Photos are not decoded: the bytes of their files and the preprocessing identify them. Other examples are identified by
  /// their inputs, all of which are made once.
  ///
  /// - Throws: the errors of the data set.
  init(of dataset: any Dataset) throws {
    try checkSampleWeights(dataset.sampleWeights, count: dataset.count)
    switch dataset {
    case let photos as ImageDataset:
      keys = try photos.contentChecksums()
      targets = photos.targets(of: Array(0..<photos.count))
      weights = photos.sampleWeights
    case let selection as DatasetSelection:
      let whole = try DatasetContent(of: selection.whole)
      keys = selection.indices.map { whole.keys[$0] }
      targets = whole.targets.gathering(selection.indices)
      weights = whole.weights.map { all in selection.indices.map { all[$0] } }
    default:
      var (keys, targets): ([UInt64], [Tensor<Float>]) = ([], [])
      var weights = dataset.sampleWeights
      for start in stride(from: 0, to: dataset.count, by: 256) {
        let batch = try dataset.checkedBatch(Array(start..<min(start + 256, dataset.count)))
        let size = dataset.inputShape.elementCount
        batch.inputs.contiguous().withUnsafeScalars { inputs in
          for row in 0..<batch.count {
            let example = UnsafeBufferPointer(rebasing: inputs[row * size..<(row + 1) * size])
            keys.append(xxh64(UnsafeRawBufferPointer(example)))
          }
        }
        targets.append(batch.targets)
        // A data set of a program may have its weights in its batches alone.
        if let own = batch.weights {
          var all = weights ?? [Float](repeating: 1, count: dataset.count)
          all.replaceSubrange(start..<start + batch.count, with: own.scalars)
          weights = all
        }
      }
      self.keys = keys
      self.targets = Tensor(concatenating: targets)
      self.weights = weights
    }
  }
}
