import Autograd
import Tensor

/// A merging layer that treats each place by itself: where all inputs have a mask, a place of the result counts that counts
/// in one of them, as in Keras.
public protocol ElementwiseMergingLayer: MergingLayer, MaskedLayer {}

extension ElementwiseMergingLayer {
  /// The shape that two or more inputs broadcast to.
  public func build(merging shapes: [Shape], using generator: inout RandomGenerator) throws -> Shape {
    try MergedInputs.shape(of: shapes)
  }

  /// A mask where all inputs have one. Throws where their masks have different shapes.
  public func outputMasks(masks: [Shape?], inputShapes: [Shape]) throws -> [OutputMask] {
    guard let first = masks.first.flatMap(\.self), masks.allSatisfy({ $0 != nil }) else { return [] }
    guard masks.allSatisfy({ $0 == first }) else {
      throw LayerError(inputShapes: inputShapes, reason: "the inputs have masks of different shapes")
    }
    return [.made(first)]
  }

  /// True where one of the masks is.
  public func makeMask(of inputs: [Variable<Float>], masks: [Tensor<Bool>?]) -> Tensor<Bool> {
    let counts = masks.compactMap { $0?.numbers }
    return counts.dropFirst().reduce(counts[0], +).truths
  }
}
