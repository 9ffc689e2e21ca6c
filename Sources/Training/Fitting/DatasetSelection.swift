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
  var inputShapes: [Shape] { whole.inputShapes }
  var inputNames: [String] { whole.inputNames }
  var inputMeanings: [InputMeaning?] { whole.inputMeanings }
  var targetNames: [String] { whole.targetNames }
  var targetMeanings: [TargetMeaning?] { whole.targetMeanings }
  var sampleWeights: [Float]? { whole.sampleWeights.map { all in indices.map { all[$0] } } }

  func batch(_ examples: [Int]) throws -> Batch {
    try whole.batch(examples.map { indices[$0] })
  }

  func batch(_ examples: [Int], changedBy changes: EpochChanges) throws -> Batch {
    try whole.batch(examples.map { indices[$0] }, changedBy: changes)
  }
}
