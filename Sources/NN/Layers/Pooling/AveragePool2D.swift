import Autograd
import Tensor

/// The mean of the elements under each position of a window. Padding does not count.
///
/// Shapes: input `[N, C, H, W]`, output `[N, C, oh, ow]`. Nothing is kept for the backward pass.
public final class AveragePool2D: Layer, Sendable {
  /// The window: size, stride and padding.
  public let window: Window

  /// Makes a pooling layer.
  ///
  /// - Parameters:
  ///   - size: height and width of the window.
  ///   - stride: how far the window moves; its own size when left out.
  ///   - padding: what surrounds the image; narrower than the window. It does not count.
  public init(_ size: Size, stride: Size? = nil, padding: Padding = .valid) {
    window = Window(size, stride: stride ?? size, padding: padding)
  }

  /// Finds the output's height and width.
  public func build(inputShape: Shape, using generator: inout RandomGenerator) throws -> Shape {
    try window.pooledShape(of: inputShape)
  }

  /// The pooled batch.
  public func callAsFunction(_ x: Variable<Float>, _ context: Context) -> Variable<Float> {
    x.averagePool2D(window)
  }
}
