import Autograd
import Tensor

/// Every feature times a number of its own that is learned: y = scale · x (Touvron et al. 2021, "Going deeper with Image
/// Transformers", equation 4). The same in training and inference.
///
/// At the end of a residual branch, a small first value lets a deep network begin near the identity; ConvNeXt has it in
/// each block. Shapes: any; the scale is `[features]`, for images one number for each channel. The input is kept for the
/// backward pass.
public final class LayerScale: Layer, Sendable {
  /// The first value of each number.
  public let initialValue: Float
  /// The factor of each feature.
  public let scale = Parameter()

  /// Makes a layer whose numbers all begin with `initialValue`.
  public init(initialValue: Float = 1e-6) {
    self.initialValue = initialValue
  }

  /// A new layer with the same option.
  public func makeCopy(_ copies: LayerCopies) -> any Layer { LayerScale(initialValue: initialValue) }

  /// Makes a number for each feature.
  public func build(inputShape: Shape, using generator: inout RandomGenerator) throws -> Shape {
    let shape = try inputShape.lengths(ofBatchAxes: nil)
    try scale.storage.build("scale", shape, for: inputShape) { Tensor(repeating: initialValue, shape: shape) }
    return inputShape
  }

  /// The batch with each feature scaled.
  public func callAsFunction(_ x: Variable<Float>, _ context: Context) -> Variable<Float> {
    x.scaled(by: context[scale], shiftedBy: nil)
  }
}
