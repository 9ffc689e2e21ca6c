import Autograd
import Tensor

/// Every element times a number, plus another: y = scale · x + offset, the same in training and inference.
///
/// Scales inputs such as pixels from 0 to 255 to the range that a network expects. Both are one number, or one for each
/// feature: for each channel of images.
///
/// ```swift
/// let layer = Rescaling([1 / 58.4, 1 / 57.1, 1 / 57.4], offset: [-2.1, -2.0, -1.8])
/// ```
///
/// Shapes: any.
public final class Rescaling: Layer, Sendable {
  /// The factor: one number, or one for each feature.
  public let scale: [Float]
  /// Added to each product: one number, or one for each feature.
  public let offset: [Float]

  /// Makes a layer that treats all elements alike.
  public init(_ scale: Float, offset: Float = 0) {
    self.scale = [scale]
    self.offset = [offset]
  }

  /// Makes a layer with numbers for each feature; a single number counts for all.
  public init(_ scale: [Float], offset: [Float] = [0]) {
    self.scale = scale
    self.offset = offset
  }

  /// Checks the number of features.
  public func build(inputShape: Shape, using generator: inout RandomGenerator) throws -> Shape {
    for numbers in [scale, offset] where numbers.count != 1 && numbers.count != inputShape.featureCount {
      throw LayerError(
        inputShape: inputShape,
        reason: "\(counted(numbers.count, "number")) for \(counted(inputShape.featureCount, "feature"))")
    }
    return inputShape
  }

  /// The rescaled batch.
  public func callAsFunction(_ x: Variable<Float>, _ context: Context) -> Variable<Float> {
    guard scale.count > 1 || offset.count > 1 else { return x * scale[0] + offset[0] }
    return x * spread(scale, over: x.shape) + spread(offset, over: x.shape)
  }

  /// The numbers along the axis of the features.
  private func spread(_ numbers: [Float], over shape: Shape) -> Variable<Float> {
    var axes = [Int](repeating: 1, count: shape.rank)
    axes[featureAxis(ofExample: Shape(shape.dropFirst()))] = numbers.count
    return Variable(Tensor(shape: Shape(axes), scalars: numbers))
  }
}
