import Autograd
import Tensor

/// Two or more inputs joined along one axis.
///
/// Shapes: any, equal but for the length of the axis, which adds up: `[C₁, H, W]` and `[C₂, H, W]` give
/// `[C₁ + C₂, H, W]`. Nothing is kept for the backward pass.
public final class Concatenate: MergingLayer, Sendable {
  /// The axis of one example, without that of the batch, negative from the end; `nil` for the channels of images
  /// `[C, H, W]` and the last axis of other shapes.
  public let axis: Int?

  /// Makes the layer.
  ///
  /// - Parameter axis: the axis of one example, without that of the batch: 0 is C of `[C, H, W]`. By default the channels of
  ///   images, which are Keras's last axis, and the last axis of other shapes.
  public init(axis: Int? = nil) {
    self.axis = axis
  }

  /// Adds up the lengths along the axis.
  public func build(merging shapes: [Shape], using generator: inout RandomGenerator) throws -> Shape {
    try MergedInputs.requireCount(of: shapes)
    let rank = shapes[0].rank
    let axis = resolvedAxis(rank: rank)
    guard (0..<rank).contains(axis) else {
      throw LayerError(inputShapes: shapes, reason: "there is no axis \(self.axis ?? 0)")
    }
    guard shapes.allSatisfy({ $0.rank == rank && $0.removing(axis: axis) == shapes[0].removing(axis: axis) }) else {
      throw LayerError(inputShapes: shapes, reason: "the shapes must be equal but for axis \(axis)")
    }
    return shapes[0].replacing(axis: axis, with: shapes.reduce(0) { $0 + $1[axis] })
  }

  /// The batches joined.
  public func callAsFunction(merging inputs: [Variable<Float>], _ context: Context) -> Variable<Float> {
    require(!inputs.isEmpty, "Concatenate: two or more inputs are needed, found none")
    return Variable(concatenating: inputs, axis: resolvedAxis(rank: inputs[0].shape.rank - 1) + 1)
  }

  /// The axis of one example, counted from 0.
  package func resolvedAxis(rank: Int) -> Int {
    guard let axis else { return rank == 3 ? 0 : rank - 1 }
    return axis < 0 ? axis + rank : axis
  }
}
