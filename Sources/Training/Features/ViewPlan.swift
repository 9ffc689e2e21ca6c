import Data
import Foundation
import Serialization
import Tensor

/// The views of examples whose features are asked for, example by example.
struct ViewPlan: Sendable {
  /// Some examples in the same view, which are computed together.
  struct Part: Codable {
    let view: Int
    let examples: [Int]
    let keys: [UInt64]
  }

  private let dataset: any Dataset
  private let augmentation: Augmentation?
  private let seed: UInt64
  private let views: Int
  /// The key of each view of each example.
  let keys: [UInt64]

  /// The example of each view.
  var examples: [Int] { keys.indices.map { $0 / views } }

  init(dataset: any Dataset, content: DatasetContent, views: Int, augmentation: Augmentation?, seed: UInt64) {
    (self.dataset, self.views, self.augmentation, self.seed) = (dataset, views, augmentation, seed)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    let text = (try? encoder.encode(augmentation)).map(Array.init) ?? []
    let changes = text.withUnsafeBytes { xxh64($0, seed: seed) }
    keys = content.keys.enumerated().flatMap { example, key in
      (0..<views).map { view in
        view == 0
          ? key : [key, UInt64(example), UInt64(view)].withUnsafeBytes { xxh64($0, seed: changes) }
      }
    }
  }

  /// The views with certain keys, each once, in parts of at most `batchSize`.
  func parts(batchSize: Int, where isWanted: (UInt64) -> Bool) -> [Part] {
    var seen: Set<UInt64> = []
    let wanted = keys.indices.filter { isWanted(keys[$0]) && seen.insert(keys[$0]).inserted }
    return (0..<views).flatMap { view in
      let ofView = wanted.filter { $0 % views == view }
      return stride(from: 0, to: ofView.count, by: batchSize).map { start in
        let part = ofView[start..<min(start + batchSize, ofView.count)]
        return Part(view: view, examples: part.map { $0 / views }, keys: part.map { keys[$0] })
      }
    }
  }

  /// The examples of a part. View 0 shows them as they are, view `v` as an epoch of number `v - 1` would change them.
  func inputs(_ part: Part) throws -> Batch {
    guard part.view > 0, let augmentation else { return try dataset.checkedBatch(part.examples) }
    return try dataset.checkedBatch(
      part.examples, changedBy: EpochChanges(augmentation, seed: seed, epoch: part.view - 1))
  }
}
