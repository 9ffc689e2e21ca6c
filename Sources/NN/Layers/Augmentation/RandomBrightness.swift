import Autograd
import Tensor

/// In training, adds a random number to all pixels of an image, cut to a range; in inference the identity.
///
/// Shapes: `[N, C, H, W]`. The input is kept for the backward pass.
public final class RandomBrightness: RandomLayer, Sendable {
  /// What is added, as a share of the width of the range of pixels.
  public let factor: ClosedRange<Float>
  /// The range of the pixels.
  public let valueRange: ClosedRange<Float>

  /// Makes a layer with a range of shares in [-1, 1].
  public init(_ factor: ClosedRange<Float>, valueRange: ClosedRange<Float> = 0...255) {
    self.factor = factor
    self.valueRange = valueRange
  }

  /// Makes a layer that makes images brighter and darker up to a share.
  public convenience init(_ factor: Float, valueRange: ClosedRange<Float> = 0...255) {
    self.init(-abs(factor)...abs(factor), valueRange: valueRange)
  }

  /// Checks the shares.
  public func build(inputShape: Shape, using generator: inout RandomGenerator) throws -> Shape {
    try requireImage(inputShape, unless: factor.invalidity(within: -1...1, "factor"))
    return inputShape
  }

  /// The batch with other brightnesses.
  public func callAsFunction(_ x: Variable<Float>, _ context: Context) -> Variable<Float> {
    guard context.appliesDropout else { return x }
    return adjust(x, by: (0..<x.shape[0]).map { _ in Float(factor.draw(using: &context.generator)) })
  }

  /// The batch with a share of the range added to each image.
  package func adjust(_ x: Variable<Float>, by shares: [Float]) -> Variable<Float> {
    require(x.shape.rank == 4, "RandomBrightness: images [N, C, H, W] are needed, found \(x.shape)")
    let width = valueRange.upperBound - valueRange.lowerBound
    let delta = Variable(Tensor(shape: [shares.count, 1, 1, 1], scalars: shares.map { $0 * width }))
    return (x + delta).clipped(to: valueRange)
  }
}
