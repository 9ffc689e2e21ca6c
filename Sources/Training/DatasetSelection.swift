import Data
import Tensor

/// Some examples of a data set, in the order given.
struct DatasetSelection: Dataset {
  let whole: any Dataset
  let indices: [Int]

  var count: Int { indices.count }
  var inputShape: Shape { whole.inputShape }
  var classes: [String] { whole.classes }
  var targetMeaning: TargetMeaning? { whole.targetMeaning }

  func batch(_ examples: [Int]) throws -> Batch {
    try whole.batch(examples.map { indices[$0] })
  }

  func batch(_ examples: [Int], changedBy changes: EpochChanges) throws -> Batch {
    try whole.batch(examples.map { indices[$0] }, changedBy: changes)
  }
}
