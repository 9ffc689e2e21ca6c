import Autograd
import Tensor

/// The largest element of each feature over all steps.
///
/// Shapes: input `[N, T, F]`, output `[N, F]`, or `[N, 1, F]` where the axes are kept. Elements that share the maximum
/// share its gradient equally, as in Keras. The input is kept for the backward pass.
public final class GlobalMaxPool1D: Layer, Sendable {
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

  /// The largest element of each feature over all steps of a batch.
  public func callAsFunction(_ x: Variable<Float>, _ context: Context) -> Variable<Float> {
    x.max([1], keepingAxes: keepsAxes)
  }
}
