import Autograd
import Tensor

/// Layers around which the input takes a short way: y = body(x) + shortcut(x) (He et al. 2016).
///
/// ```swift
/// Residual {
///   Conv2D(64, kernelSize: 3, padding: .same, activation: .relu)
///   Conv2D(64, kernelSize: 3, padding: .same)
/// }
/// ```
public final class Residual: Layer {
  /// The long way.
  public let body: Sequential
  /// The short way; without layers it is the input itself.
  public let shortcut: Sequential

  /// Makes a residual block.
  ///
  /// - Parameters:
  ///   - body: the layers of the long way.
  ///   - shortcut: layers of the short way, for a body that changes the shape; usually a 1×1 convolution.
  public init(@LayerBuilder _ body: () -> [any Layer], @LayerBuilder shortcut: () -> [any Layer] = { [] }) {
    self.body = Sequential(body)
    self.shortcut = Sequential(shortcut)
  }

  /// Builds both ways, which must end in the same shape.
  public func build(inputShape: Shape, using generator: inout RandomGenerator) throws -> Shape {
    let shape = try body.build(as: "body", inputShape: inputShape, using: &generator)
    let short = try shortcut.build(as: "shortcut", inputShape: inputShape, using: &generator)
    guard shape == short else {
      throw LayerError(inputShape: inputShape, reason: "the body gives \(shape), the shortcut \(short)")
    }
    return shape
  }

  /// The sum of both ways.
  public func callAsFunction(_ x: Variable<Float>, _ context: Context) -> Variable<Float> {
    body(x, context) + shortcut(x, context)
  }

  /// The sum of both ways.
  public func multiplyAdds(inputShape: Shape, outputShape: Shape) -> Int {
    body.multiplyAdds(inputShape: inputShape, outputShape: outputShape)
      + shortcut.multiplyAdds(inputShape: inputShape, outputShape: outputShape)
  }
}
