import Autograd
import Tensor

/// A volume in which each element is repeated in all directions.
///
/// Shapes: input `[N, D, C, H, W]`, output `[N, D · depth, C, H · height, W · width]`. Nothing is kept for the backward pass.
public final class UpSampling3D: Layer, Sendable {
  /// How many images, rows and columns each one becomes.
  public let size: VolumeSize

  /// Makes the layer.
  public init(_ size: VolumeSize = 2) {
    self.size = size
  }

  /// The shape of the larger volume.
  public func build(inputShape: Shape, using generator: inout RandomGenerator) throws -> Shape {
    guard inputShape.rank == 4 else {
      throw LayerError(inputShape: inputShape, reason: "a volume [D, C, H, W] is needed")
    }
    var shape = Array(inputShape)
    for (axis, factor) in [(0, size.depth), (2, size.height), (3, size.width)] {
      let (length, overflows) = shape[axis].multipliedReportingOverflow(by: factor)
      guard factor >= 1, !overflows else {
        throw LayerError(inputShape: inputShape, reason: "\(factor) times as many elements are not possible")
      }
      shape[axis] = length
    }
    return Shape(shape)
  }

  /// The larger volumes of a batch.
  public func callAsFunction(_ x: Variable<Float>, _ context: Context) -> Variable<Float> {
    x.repeated(size.depth, axis: 1).repeated(size.height, axis: 3).repeated(size.width, axis: 4)
  }
}
