import Autograd
import Tensor

/// In training, changes the contrast of each image at random: y = (x - mean) · c + mean, with the mean of each channel, cut
/// to a range; in inference the identity.
///
/// Shapes: `[N, C, H, W]`. The input is kept for the backward pass.
public final class RandomContrast: RandomLayer, Sendable {
  /// c is drawn from 1 - lower bound to 1 + upper bound.
  public let factor: ClosedRange<Float>
  /// The range of the pixels.
  public let valueRange: ClosedRange<Float>

  /// Makes a layer with a range of factors in [0, 1]; see ``factor``.
  public init(_ factor: ClosedRange<Float>, valueRange: ClosedRange<Float> = 0...255) {
    self.factor = factor
    self.valueRange = valueRange
  }

  /// Makes a layer that raises the contrast up to 1 + `factor`, as a single number does in Keras.
  public convenience init(_ factor: Float, valueRange: ClosedRange<Float> = 0...255) {
    self.init(0...Swift.max(factor, 0), valueRange: valueRange)
  }

  /// Checks the factors.
  public func build(inputShape: Shape, using generator: inout RandomGenerator) throws -> Shape {
    try requireImage(inputShape, unless: factor.invalidity(within: 0...1, "factor"))
    return inputShape
  }

  /// The batch with other contrasts.
  public func callAsFunction(_ x: Variable<Float>, _ context: Context) -> Variable<Float> {
    guard context.appliesDropout else { return x }
    let range = 1 - Double(factor.lowerBound)...1 + Double(factor.upperBound)
    let factors = (0..<x.shape[0]).map { _ in
      Float(range.lowerBound + (range.upperBound - range.lowerBound) * context.generator.uniform())
    }
    return adjust(x, by: factors)
  }

  /// The batch with a contrast for each image.
  package func adjust(_ x: Variable<Float>, by factors: [Float]) -> Variable<Float> {
    require(x.shape.rank == 4, "RandomContrast: images [N, C, H, W] are needed, found \(x.shape)")
    let mean = x.mean([2, 3], keepingAxes: true)
    let contrast = Variable(Tensor(shape: [factors.count, 1, 1, 1], scalars: factors))
    return ((x - mean) * contrast + mean).clipped(to: valueRange)
  }
}
