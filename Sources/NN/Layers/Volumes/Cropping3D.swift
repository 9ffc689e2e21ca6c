import Autograd
import Tensor

/// A volume without images, rows and columns at its ends.
///
/// Shapes: input `[N, D, C, H, W]`, output `[N, D - …, C, H - …, W - …]`. Nothing is kept for the backward pass.
public final class Cropping3D: Layer, Sendable {
  /// The numbers of images, rows and columns at both ends.
  public let depth, height, width: VolumeEnds

  /// Makes the layer.
  public init(depth: VolumeEnds, height: VolumeEnds, width: VolumeEnds) {
    (self.depth, self.height, self.width) = (depth, height, width)
  }

  /// Makes a layer that cuts off the same number at both ends of each axis: `Cropping3D(1)` on all six sides.
  ///
  /// - Parameter size: the numbers of images, rows and columns at each end.
  public convenience init(_ size: VolumeSize) {
    func ends(_ count: Int) -> VolumeEnds { VolumeEnds(before: count, after: count) }
    self.init(depth: ends(size.depth), height: ends(size.height), width: ends(size.width))
  }

  /// The shape of what is left.
  public func build(inputShape: Shape, using generator: inout RandomGenerator) throws -> Shape {
    guard inputShape.rank == 4 else {
      throw LayerError(inputShape: inputShape, reason: "a volume [D, C, H, W] is needed")
    }
    var shape = Array(inputShape)
    for (axis, ends) in [(0, depth), (2, height), (3, width)] {
      guard ends.before >= 0, ends.after >= 0, ends.before < shape[axis], ends.after < shape[axis] - ends.before else {
        throw LayerError(inputShape: inputShape, reason: "\(ends.before) and \(ends.after) cannot be cut off")
      }
      shape[axis] -= ends.before + ends.after
    }
    return Shape(shape)
  }

  /// The cropped batch.
  public func callAsFunction(_ x: Variable<Float>, _ context: Context) -> Variable<Float> {
    x.slice(depth.before..<x.shape[1] - depth.after, axis: 1)
      .slice(height.before..<x.shape[3] - height.after, axis: 3)
      .slice(width.before..<x.shape[4] - width.after, axis: 4)
  }
}
