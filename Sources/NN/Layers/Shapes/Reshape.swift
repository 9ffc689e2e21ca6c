import Autograd
import Tensor

/// The same elements under another shape.
///
/// Shapes: any to any with as many elements, without the batch. Nothing is kept for the backward pass.
public final class Reshape: Layer, Sendable {
  /// The shape of one example, in which one length may be -1 and is then inferred.
  public let shape: [Int]
  /// The order of the elements of images.
  public let order: ElementOrder

  /// Makes the layer.
  ///
  /// - Parameters:
  ///   - shape: the shape of one example of the output, `[C, H, W]` for an image. One length may be -1: it is inferred.
  ///   - order: the order of the elements of images, in the input and in the output. `.channelsLast` is Keras's.
  public init(_ shape: [Int], order: ElementOrder = .channelsFirst) {
    self.shape = shape
    self.order = order
  }

  /// The shape with the length that was left open.
  public func build(inputShape: Shape, using generator: inout RandomGenerator) throws -> Shape {
    guard let result = resolvedShape(of: inputShape) else {
      throw LayerError(
        inputShape: inputShape, reason: "\(shape) cannot have its \(counted(inputShape.elementCount, "element"))")
    }
    return result
  }

  /// The batch under the other shape.
  public func callAsFunction(_ x: Variable<Float>, _ context: Context) -> Variable<Float> {
    guard let result = resolvedShape(of: Shape(x.shape.dropFirst())) else {
      stop("Reshape: an input \(x.shape) does not fit \(shape)")
    }
    guard order == .channelsLast, result.rank > 2 else {
      return x.ordered(order).reshaped(to: [x.shape[0]] + result)
    }
    return x.ordered(order).reshaped(to: [x.shape[0]] + order.axes(rank: result.rank).map { result[$0] })
      .permuted([0] + order.places(rank: result.rank).map { $0 + 1 })
  }

  /// The shape of an example, without -1; `nil` where it has not as many elements as an input.
  package func resolvedShape(of inputShape: Shape) -> Shape? {
    let known = shape.filter { $0 != -1 }
    guard shape.count - known.count <= 1, known.allSatisfy({ $0 > 0 }),
      let product = Shape(known).elementCountIfRepresentable
    else { return nil }
    let count = inputShape.elementCount
    guard known.count < shape.count ? count % product == 0 : count == product else { return nil }
    return Shape(shape.map { $0 == -1 ? count / product : $0 })
  }
}
