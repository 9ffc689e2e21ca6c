import Autograd
import Tensor

/// Which indices of a batch attend to each other, and the batch in the order that an attention works in: `[B, places,
/// features]`, with the batch and all axes that do not attend in B.
package struct AttentionPlaces {
  /// The axes of one example that attend, those that do not, and that of the features.
  package let attended: [Int]
  package let others: [Int]
  private let features: Int

  /// - Parameters:
  ///   - axes: axes of a batch, `nil` for all but the batch and the features.
  ///   - example: the shape of one example of the query.
  package init(axes: [Int]?, of example: Shape) throws {
    let features = featureAxis(ofExample: example) - 1
    let attended =
      try axes.map { try example.batchAxes($0).map { $0 - 1 } } ?? example.indices.filter { $0 != features }
    guard !attended.contains(features) else {
      throw LayerError(inputShape: example, reason: "the axis of the features cannot attend")
    }
    self.features = features
    self.attended = attended
    others = example.indices.filter { $0 != features && !attended.contains($0) }
  }

  /// Whether a query and a value have the same lengths where nothing attends.
  func fit(query: Shape, value: Shape) -> Bool { others.allSatisfy { query[$0] == value[$0] } }

  /// The lengths of all axes but that of the features.
  func lengths(of example: Shape) -> [Int] { example.indices.filter { $0 != features }.map { example[$0] } }

  /// The axes of a batch in the order of the work.
  package var order: [Int] { [0] + (others + attended + [features]).map { $0 + 1 } }

  func arrange(_ x: Variable<Float>) -> Variable<Float> {
    let batch = others.reduce(x.shape[0]) { $0 * x.shape[$1 + 1] }
    let places = attended.reduce(1) { $0 * x.shape[$1 + 1] }
    let isInOrder = order == Array(x.shape.indices)
    return (isInOrder ? x : x.permuted(order)).reshaped(to: [batch, places, x.shape[features + 1]])
  }

  /// The opposite of ``arrange(_:)``, for a result with the places of a query.
  func restore(_ x: Variable<Float>, like query: Shape) -> Variable<Float> {
    let result = x.reshaped(to: order.map { $0 == features + 1 ? x.shape[2] : query[$0] })
    return order == Array(query.indices) ? result : result.permuted(order.indices.sorted { order[$0] < order[$1] })
  }
}
