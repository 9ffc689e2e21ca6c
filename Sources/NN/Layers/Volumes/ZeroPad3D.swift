import Autograd
import Tensor

/// Images, rows and columns of zeros around a volume.
///
/// Shapes: input `[N, D, C, H, W]`, output `[N, D + …, C, H + …, W + …]`. Nothing is kept for the backward pass.
public final class ZeroPad3D: Layer, Sendable {
  /// The numbers of images, rows and columns at both ends.
  public let depth, height, width: VolumeEnds

  /// Makes the layer.
  public init(depth: VolumeEnds, height: VolumeEnds, width: VolumeEnds) {
    (self.depth, self.height, self.width) = (depth, height, width)
  }

  /// The shape with what is added.
  public func build(inputShape: Shape, using generator: inout RandomGenerator) throws -> Shape {
    guard inputShape.rank == 4 else {
      throw LayerError(inputShape: inputShape, reason: "a volume [D, C, H, W] is needed")
    }
    var shape = Array(inputShape)
    for (axis, ends) in [(0, depth), (2, height), (3, width)] {
      let (sum, overflows) = ends.before.addingReportingOverflow(ends.after)
      let (length, isTooLong) = shape[axis].addingReportingOverflow(sum)
      guard ends.before >= 0, ends.after >= 0, !overflows, !isTooLong else {
        throw LayerError(inputShape: inputShape, reason: "\(ends.before) and \(ends.after) zeros cannot be added")
      }
      shape[axis] = length
    }
    return Shape(shape)
  }

  /// The padded batch.
  public func callAsFunction(_ x: Variable<Float>, _ context: Context) -> Variable<Float> {
    x.padded([
      (0, 0), (depth.before, depth.after), (0, 0), (height.before, height.after), (width.before, width.after),
    ])
  }
}
