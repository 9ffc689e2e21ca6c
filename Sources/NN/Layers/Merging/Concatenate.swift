import Autograd
import Tensor

/// Two or more inputs joined along one axis.
///
/// Shapes: any, equal but for the length of the axis, which adds up: `[C₁, H, W]` and `[C₂, H, W]` give
/// `[C₁ + C₂, H, W]`. Nothing is kept for the backward pass.
///
/// Masks are joined along the axis too; that of an input without one counts all places. Along the features, a place counts
/// that counts in one of the inputs, as in Keras 3.
public final class Concatenate: MergingLayer, MaskedLayer, Sendable {
  /// The axis of one example, without that of the batch, negative from the end; `nil` for the channels of images
  /// `[C, H, W]` and of images in sequence `[T, C, H, W]`, and the last axis of other shapes.
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

  /// A mask where one of the inputs has one. Throws for a mask that is not one of the places of its input.
  public func outputMasks(masks: [Shape?], inputShapes: [Shape]) throws -> [OutputMask] {
    guard masks.contains(where: { $0 != nil }) else { return [] }
    let places = inputShapes.map { $0.removing(axis: featureAxis(ofExample: $0) - 1) }
    for (mask, places) in zip(masks, places) { try require(mask: mask, fits: places, of: inputShapes) }
    guard let axis = maskAxis(ofExample: inputShapes[0]) else { return [.made(places[0])] }
    return [.made(places[0].replacing(axis: axis - 1, with: places.reduce(0) { $0 + $1[axis - 1] }))]
  }

  /// The masks joined.
  public func makeMask(of inputs: [Variable<Float>], masks: [Tensor<Bool>?]) -> Tensor<Bool> {
    let example = Shape(inputs[0].shape.dropFirst())
    let counts = zip(inputs, masks).map { input, mask in
      mask?.numbers ?? Tensor<Float>(ones: input.shape.removing(axis: featureAxis(ofExample: example)))
    }
    guard let axis = maskAxis(ofExample: example) else { return counts.dropFirst().reduce(counts[0], +).truths }
    return Tensor(concatenating: counts, axis: axis).truths
  }

  /// The axis of a mask `[N, …]` along which masks are joined; `nil` where features are.
  private func maskAxis(ofExample example: Shape) -> Int? {
    let (axis, features) = (resolvedAxis(rank: example.rank) + 1, featureAxis(ofExample: example))
    return axis == features ? nil : axis > features ? axis - 1 : axis
  }

  /// The axis of one example, counted from 0.
  package func resolvedAxis(rank: Int) -> Int {
    guard let axis else { return featureAxis(ofExampleOfRank: rank) }
    return axis < 0 ? axis + rank : axis
  }
}
