import Autograd
import Tensor

/// In training, sets elements to 0 with probability `rate` and divides the others by 1 - rate (Srivastava et al.
/// 2014, inverted); in inference the identity.
///
/// A noise shape drops elements together that share an index: with `[nil, 1, 1, 1]` each image of a batch is dropped as a
/// whole, which on the long path of a residual block is stochastic depth (Huang et al. 2016).
///
/// ```swift
/// let depth = Dropout(0.1, noiseShape: [nil, 1, 1, 1])
/// ```
///
/// Shapes: any. The mask is kept for the backward pass, one byte an element.
public final class Dropout: RandomLayer, Sendable {
  /// The probability that an element is dropped.
  public let rate: Float
  /// The shape of the random choice, which is repeated over the batch: 1 where elements along an axis share it, `nil` for
  /// the length of the batch's axis, the first of which counts the examples. `nil` for a choice of each element.
  public let noiseShape: [Int?]?

  /// Makes a dropout layer; `rate` lies in [0, 1]. At 1 everything is dropped.
  public init(_ rate: Float, noiseShape: [Int?]? = nil) {
    self.rate = rate
    self.noiseShape = noiseShape
  }

  /// Checks the rate and the noise shape.
  public func build(inputShape: Shape, using generator: inout RandomGenerator) throws -> Shape {
    try requireRate(rate, inputShape)
    if let noiseShape { try requireNoise(noiseShape, inputShape) }
    return inputShape
  }

  /// The batch with elements dropped.
  public func callAsFunction(_ x: Variable<Float>, _ context: Context) -> Variable<Float> {
    guard let mask = mask(for: x.value, context) else { return x }
    return x.masked(by: mask.kept, scale: mask.scale)
  }

  /// A fresh mask for a batch, `nil` where nothing is dropped.
  func mask(for x: Tensor<Float>, _ context: Context) -> DropoutMask? {
    guard context.appliesDropout, rate > 0 else { return nil }
    let (kept, scale) = (Double(1 - rate), rate < 1 ? 1 / (1 - rate) : 0)
    guard let noiseShape else {
      return DropoutMask(
        kept: Tensor<Bool>(bernoulli: x.layout, probability: kept, using: &context.generator), scale: scale)
    }
    let noise = Tensor<Bool>(
      bernoulli: concreteShape(of: noiseShape, for: x.shape), probability: kept, using: &context.generator)
    return DropoutMask(kept: noise.broadcast(to: x.shape), scale: scale)
  }
}

/// Throws unless a rate of dropout is a probability.
func requireRate(_ rate: Float, _ inputShape: Shape) throws {
  guard (0...1).contains(rate) else {
    throw LayerError(inputShape: inputShape, reason: "the rate is \(rate), it must lie in [0, 1]")
  }
}

/// Throws unless noise of a shape can be repeated over a batch of such examples.
func requireNoise(_ noiseShape: [Int?], _ inputShape: Shape) throws {
  let fits =
    noiseShape.count == inputShape.rank + 1
    && zip(noiseShape.dropFirst(), inputShape).allSatisfy { $0 == nil || $0 == 1 || $0 == $1 }
    && noiseShape[0] ?? 1 >= 1
  guard fits else {
    let found = noiseShape.map { $0.map(String.init) ?? "nil" }.joined(separator: ", ")
    throw LayerError(
      inputShape: inputShape,
      reason: "the noise shape is [\(found)]; it needs an axis for each of the batch, nil, 1 or as long as that")
  }
}

/// The shape of the noise for a batch. Stops where a fixed number of examples does not fit the batch.
func concreteShape(of noiseShape: [Int?], for shape: Shape) -> Shape {
  let result = Shape(zip(noiseShape, shape).map { $0 ?? $1 })
  require(
    Shape.broadcast(result, shape) == shape, "noise of shape \(result) does not fit a batch of shape \(shape)")
  return result
}
