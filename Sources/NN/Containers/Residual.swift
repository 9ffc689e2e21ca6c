import Autograd
import Tensor

/// A residual block: y = body(x) + shortcut(x) (He et al. 2016).
///
/// ```swift
/// Residual {
///   Conv2D(64, kernelSize: 3, padding: .same, activation: .relu)
///   Conv2D(64, kernelSize: 3, padding: .same)
/// }
/// ```
public final class Residual: Layer, Sendable {
  /// The layers of the body.
  public let body: Sequential
  /// The layers of the shortcut; without layers it is the input itself.
  public let shortcut: Sequential

  /// Makes a residual block.
  ///
  /// - Parameters:
  ///   - body: the layers of the body.
  ///   - shortcut: layers of the shortcut, for a body that changes the shape; usually a 1×1 convolution.
  public init(@LayerBuilder _ body: () -> [any Layer], @LayerBuilder shortcut: () -> [any Layer] = { [] }) {
    self.body = Sequential(body)
    self.shortcut = Sequential(shortcut)
  }

  /// Builds body and shortcut, whose outputs must have the same shape.
  public func build(inputShape: Shape, using generator: inout RandomGenerator) throws -> Shape {
    let shape = try body.build(as: "body", inputShape: inputShape, using: &generator)
    let short = try shortcut.build(as: "shortcut", inputShape: inputShape, using: &generator)
    guard shape == short else {
      throw LayerError(inputShape: inputShape, reason: "the body gives \(shape), the shortcut \(short)")
    }
    return shape
  }

  /// The sum of body and shortcut.
  public func callAsFunction(_ x: Variable<Float>, _ context: Context) -> Variable<Float> {
    body(x, context) + shortcut(x, context)
  }

  /// The multiply-adds of body and shortcut.
  public func multiplyAdds(inputShape: Shape, outputShape: Shape) -> Int {
    body.multiplyAdds(inputShape: inputShape, outputShape: outputShape)
      + shortcut.multiplyAdds(inputShape: inputShape, outputShape: outputShape)
  }
}
