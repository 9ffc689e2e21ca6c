import Tensor

/// The axis of a batch along which the features of its examples lie: the channels of images `[N, C, H, W]` and of
/// images in sequence `[N, T, C, H, W]`, the last axis of `[N, F]` and of sequences `[N, T, F]`.
///
/// - Parameter example: the shape of one example, without the batch axis.
package func featureAxis(ofExample example: Shape) -> Int { featureAxis(ofExampleOfRank: example.rank) + 1 }

/// The axis of one example along which its features lie, as ``featureAxis(ofExample:)`` without the axis of the batch:
/// -1 for a single number.
func featureAxis(ofExampleOfRank rank: Int) -> Int { rank > 2 ? rank - 3 : rank - 1 }

extension Shape {
  /// The number of features of an example of this shape; see ``featureAxis(ofExample:)``. 1 for a single number.
  package var featureCount: Int { rank == 0 ? 1 : self[featureAxis(ofExample: self) - 1] }

  /// The axes of a batch of such examples that `axes` name, counted from 0 and sorted: negative ones count from the
  /// end.
  ///
  /// - Parameter axes: axes of the batch, 0 the batch itself; `nil` for the features.
  /// - Throws: ``LayerError`` for one that there is not, one that is named twice, and for the batch itself.
  func batchAxes(_ axes: [Int]?) throws -> [Int] {
    guard let axes else {
      guard rank > 0 else { throw LayerError(inputShape: self, reason: "there is no axis of features") }
      return [featureAxis(ofExample: self)]
    }
    let counted = axes.map { $0 < 0 ? $0 + rank + 1 : $0 }
    guard counted.allSatisfy({ (1...rank).contains($0) }), Set(counted).count == counted.count, !counted.isEmpty else {
      throw LayerError(
        inputShape: self, reason: "the axes are \(axes); axes of a batch from 1 to \(rank) are needed, each once")
    }
    return counted.sorted()
  }

  /// The shape of numbers for each index of some axes of a batch of such examples: `[features]` for `nil`, else that of
  /// an example with 1 for the other axes.
  func lengths(ofBatchAxes axes: [Int]?) throws -> Shape {
    let counted = try batchAxes(axes)
    guard axes != nil else { return [featureCount] }
    return Shape(indices.map { counted.contains($0 + 1) ? self[$0] : 1 })
  }
}
