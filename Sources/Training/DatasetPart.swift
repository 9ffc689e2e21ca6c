import Data
import Tensor

/// Some neighbouring examples of a data set.
struct DatasetPart: Dataset {
  private let whole: any Dataset
  private let range: Range<Int>

  init(_ whole: any Dataset, range: Range<Int>) {
    self.whole = whole
    self.range = range
  }

  var count: Int { range.count }
  var inputShape: Shape { whole.inputShape }
  var classes: [String] { whole.classes }

  func batch(_ indices: [Int]) throws -> Batch {
    try whole.batch(indices.map { range.lowerBound + $0 })
  }

  func batch(_ indices: [Int], changedBy changes: EpochChanges) throws -> Batch {
    try whole.batch(indices.map { range.lowerBound + $0 }, changedBy: changes)
  }
}
