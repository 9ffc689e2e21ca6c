import Autograd
import Tensor

/// Marks the places of a sequence whose features all have one value as places that do not count, and makes them 0.
///
/// Shapes: any with features; the result has the same. The mask is that of ``MaskedLayer``. Nothing but the mask is kept for
/// the backward pass.
///
/// ```swift
/// let model = try Sequential(input: [20, 3]) {
///   Masking()
///   LSTM(8)
///   Dense(2, activation: .softmax)
/// }
/// ```
public final class Masking: MaskedLayer, Sendable {
  /// The value that all features of a place have that does not count.
  public let value: Float

  /// Makes the layer.
  public init(_ value: Float = 0) {
    self.value = value
  }

  /// The shape of the input.
  public func build(inputShape: Shape, using generator: inout RandomGenerator) throws -> Shape {
    guard inputShape.rank >= 1 else {
      throw LayerError(inputShape: inputShape, reason: "features […, F] are needed")
    }
    return inputShape
  }

  /// A mask of all places, whatever mask the input has.
  public func outputMasks(masks: [Shape?], inputShapes: [Shape]) -> [OutputMask] {
    [.made(inputShapes[0].removing(axis: featureAxis(ofExample: inputShapes[0]) - 1))]
  }

  /// True where a feature differs from the value.
  public func makeMask(of inputs: [Variable<Float>], masks: [Tensor<Bool>?]) -> Tensor<Bool> {
    differences(in: inputs[0].value, keepingAxis: false)
  }

  /// The batch with 0 at the places that do not count.
  public func callAsFunction(_ x: Variable<Float>, _ context: Context) -> Variable<Float> {
    x.masked(by: differences(in: x.value, keepingAxis: true).broadcast(to: x.shape))
  }

  private func differences(in x: Tensor<Float>, keepingAxis: Bool) -> Tensor<Bool> {
    let axis = featureAxis(ofExample: Shape(x.shape.dropFirst()))
    return (x .!= value).numbers.max([axis], keepingAxes: keepingAxis).truths
  }
}
