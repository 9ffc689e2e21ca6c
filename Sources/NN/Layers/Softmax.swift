import Autograd
import Tensor

/// Probabilities of the elements along an axis: e^xᵢ / Σⱼ e^xⱼ.
///
/// Shapes: any; the result has the same. The result is kept for the backward pass. A cross-entropy of the result along the
/// same axis is computed from the input, the logits.
public final class Softmax: Layer, Sendable {
  /// The axes of one example that the sum runs over, without that of the batch, negative from the end; `nil` for the channels
  /// of images `[C, H, W]` and of images in a sequence `[T, C, H, W]`, and the last axis of other shapes.
  public let axes: [Int]?

  /// Makes the layer.
  ///
  /// - Parameter axis: the axis of one example, without that of the batch. By default the channels of images, which are
  ///   Keras's last axis, and the last axis of other shapes.
  public init(axis: Int? = nil) {
    axes = axis.map { [$0] }
  }

  /// Makes a layer whose sum runs over several axes of one example, without that of the batch.
  public init(axes: [Int]) {
    self.axes = axes
  }

  /// Checks the axes.
  public func build(inputShape: Shape, using generator: inout RandomGenerator) throws -> Shape {
    let resolved = resolvedAxes(rank: inputShape.rank)
    guard !resolved.isEmpty, resolved.allSatisfy(inputShape.indices.contains), Set(resolved).count == resolved.count
    else {
      throw LayerError(inputShape: inputShape, reason: "axes \(resolved) are not some axes of it, each named once")
    }
    return inputShape
  }

  /// The probabilities of a batch.
  public func callAsFunction(_ x: Variable<Float>, _ context: Context) -> Variable<Float> {
    let summed = resolvedAxes(rank: x.shape.rank - 1).map { $0 + 1 }
    if summed.count == 1 { return x.softmax(axis: summed[0]) }
    let order = x.shape.indices.filter { !summed.contains($0) } + summed
    let ordered = x.permuted(order)
    let rows = ordered.shape.dropLast(summed.count) + [summed.reduce(1) { $0 * x.shape[$1] }]
    let inverse = order.indices.sorted { order[$0] < order[$1] }
    return ordered.reshaped(to: Array(rows)).softmax().reshaped(to: Array(ordered.shape)).permuted(inverse)
  }

  /// The axes of one example, counted from 0.
  package func resolvedAxes(rank: Int) -> [Int] {
    axes?.map { $0 < 0 ? $0 + rank : $0 } ?? [featureAxis(ofExampleOfRank: rank)]
  }
}
