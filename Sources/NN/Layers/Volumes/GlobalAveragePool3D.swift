import Autograd
import Tensor

/// The mean of each channel over a whole volume.
///
/// Shapes: input `[N, D, C, H, W]`, output `[N, C]`, or `[N, 1, C, 1, 1]` where the axes are kept. Nothing is kept for
/// the backward pass.
public final class GlobalAveragePool3D: Layer, Sendable {
  /// Whether the pooled axes stay, with length 1.
  public let keepsAxes: Bool

  /// Makes a global pooling layer.
  public init(keepsAxes: Bool = false) {
    self.keepsAxes = keepsAxes
  }

  /// The number of channels.
  public func build(inputShape: Shape, using generator: inout RandomGenerator) throws -> Shape {
    guard inputShape.rank == 4 else {
      throw LayerError(inputShape: inputShape, reason: "a volume [D, C, H, W] is needed")
    }
    return keepsAxes ? [1, inputShape[1], 1, 1] : [inputShape[1]]
  }

  /// The mean of each channel of a batch.
  public func callAsFunction(_ x: Variable<Float>, _ context: Context) -> Variable<Float> {
    x.mean([1, 3, 4], keepingAxes: keepsAxes)
  }
}
