import Autograd
import Tensor

/// The largest element under each position of a window. On ties the first in row order takes the gradient.
///
/// Shapes: input `[N, C, H, W]`, output `[N, C, oh, ow]`. The place of each maximum is kept for the backward pass.
public final class MaxPool2D: Layer, Sendable {
  /// The window: size, stride and padding.
  public let window: Window

  /// Makes a pooling layer.
  ///
  /// - Parameters:
  ///   - size: height and width of the window.
  ///   - stride: how far the window moves; its own size when left out.
  ///   - padding: what surrounds the image; narrower than the window. Padding is never the largest.
  public init(_ size: Size, stride: Size? = nil, padding: Padding = .valid) {
    window = Window(size, stride: stride ?? size, padding: padding)
  }

  /// Finds the output's height and width.
  public func build(inputShape: Shape, using generator: inout RandomGenerator) throws -> Shape {
    try window.pooledShape(of: inputShape)
  }

  /// The pooled batch.
  public func callAsFunction(_ x: Variable<Float>, _ context: Context) -> Variable<Float> {
    x.maxPool2D(window)
  }
}
