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

  /// Makes a layer that adds the same number of zeros at both ends of each axis: `ZeroPad3D(1)` on all six sides.
  ///
  /// - Parameter size: the numbers of images, rows and columns at each end.
  public convenience init(_ size: VolumeSize) {
    func ends(_ count: Int) -> VolumeEnds { VolumeEnds(before: count, after: count) }
    self.init(depth: ends(size.depth), height: ends(size.height), width: ends(size.width))
  }

  /// The shape with what is added.
  public func build(inputShape: Shape, using generator: inout RandomGenerator) throws -> Shape {
    guard inputShape.rank == 4 else {
      throw LayerError(inputShape: inputShape, reason: "a volume [D, C, H, W] is needed")
    }
    guard let shape = inputShape.padded(by: amounts) else {
      let ends = [depth, height, width].map { [$0.before, $0.after] }
      throw LayerError(inputShape: inputShape, reason: "padding of \(ends) is not possible")
    }
    return shape
  }

  /// The numbers of zeros before and behind each axis of an example.
  private var amounts: [(before: Int, after: Int)] {
    [(depth.before, depth.after), (0, 0), (height.before, height.after), (width.before, width.after)]
  }

  /// The padded batch.
  public func callAsFunction(_ x: Variable<Float>, _ context: Context) -> Variable<Float> {
    x.padded([(0, 0)] + amounts)
  }
}
