import Autograd
import Tensor

/// A layer that warps images at random in training: a rotation, a zoom, a shift.
///
/// In training (``Context/appliesDropout``) each image of a batch `[N, C, H, W]` gets a map of its own; in inference the
/// layer is the identity. Gradients flow to the images.
public protocol RandomWarpLayer: RandomLayer {
  /// What stands outside an image.
  var fill: ImageWarp.Fill { get }
  /// What stands between pixels.
  var interpolation: ImageWarp.Interpolation { get }

  /// Draws the map of one image.
  func drawMap(height: Int, width: Int, using generator: inout RandomGenerator) -> PixelMap

  /// Why the layer's numbers are not possible; `nil` where they are.
  var invalidity: String? { get }
}

extension RandomWarpLayer {
  /// Checks the numbers.
  public func build(inputShape: Shape, using generator: inout RandomGenerator) throws -> Shape {
    try requireImage(inputShape, unless: invalidity)
    return inputShape
  }

  /// The warped images.
  public func callAsFunction(_ x: Variable<Float>, _ context: Context) -> Variable<Float> {
    guard context.appliesDropout else { return x }
    require(x.shape.rank == 4, "\(type(of: self)): images [N, C, H, W] are needed, found \(x.shape)")
    let maps = (0..<x.shape[0]).map { _ in
      drawMap(height: x.shape[2], width: x.shape[3], using: &context.generator)
    }
    return x.warped(by: ImageWarp(maps, fill: fill, interpolation: interpolation))
  }
}

/// Throws unless an example is an image and a layer's numbers are possible.
func requireImage(_ inputShape: Shape, unless invalidity: String?) throws {
  guard inputShape.rank == 3 else {
    throw LayerError(inputShape: inputShape, reason: "an image [C, H, W] is needed")
  }
  if let invalidity { throw LayerError(inputShape: inputShape, reason: invalidity) }
}

extension ClosedRange<Float> {
  /// A number from the range, both bounds included up to rounding.
  func draw(using generator: inout RandomGenerator) -> Double {
    Double(lowerBound) + (Double(upperBound) - Double(lowerBound)) * generator.uniform()
  }

  /// Why the range is not within another one; `nil` where it is.
  func invalidity(within limits: ClosedRange<Float>, _ name: String) -> String? {
    limits.contains(lowerBound) && limits.contains(upperBound)
      ? nil : "the \(name) is \(self), it must lie in \(limits)"
  }
}
