import Autograd
import Tensor

/// The mean of each feature over all steps.
///
/// Shapes: input `[N, T, F]`, output `[N, F]`, or `[N, 1, F]` where the axes are kept. Nothing is
/// kept for the backward pass.
///
/// With a mask, the mean is that of the steps that count; where none does, it is not a number, as in Keras.
public final class GlobalAveragePool1D: MaskedLayer, Sendable {
  /// Whether the pooled axes stay, with length 1.
  public let keepsAxes: Bool

  /// Makes a global pooling layer.
  public init(keepsAxes: Bool = false) {
    self.keepsAxes = keepsAxes
  }

  /// The number of features.
  public func build(inputShape: Shape, using generator: inout RandomGenerator) throws -> Shape {
    guard inputShape.rank == 2 else {
      throw LayerError(inputShape: inputShape, reason: "a sequence [T, F] is needed")
    }
    return keepsAxes ? [1, inputShape[1]] : [inputShape[1]]
  }

  /// The mean of each feature over all steps of a batch.
  public func callAsFunction(_ x: Variable<Float>, _ context: Context) -> Variable<Float> {
    x.mean([1], keepingAxes: keepsAxes)
  }

  /// True: the outputs depend on the masks.
  public var usesMasks: Bool { true }

  /// Empty: the output has no mask. Throws for a mask that is not one of steps.
  public func outputMasks(masks: [Shape?], inputShapes: [Shape]) throws -> [OutputMask] {
    try require(mask: masks.first.flatMap(\.self), fits: [inputShapes[0][0]], of: inputShapes)
    return []
  }

  /// The mean of each feature over the steps that count.
  public func outputs(
    of inputs: [Variable<Float>], masks: [Tensor<Bool>?], _ context: Context
  ) -> [Variable<Float>] {
    guard let mask = masks.first.flatMap(\.self) else { return [self(inputs[0], context)] }
    let counting = mask.expandingShape(at: 2)
    let sum = inputs[0].masked(by: counting.broadcast(to: inputs[0].shape)).sum([1], keepingAxes: keepsAxes)
    return [sum / Variable(counting.numbers.sum([1], keepingAxes: keepsAxes))]
  }
}
