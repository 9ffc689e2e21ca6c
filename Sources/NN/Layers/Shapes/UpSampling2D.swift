import Autograd
import Tensor

/// An image with more rows and columns.
///
/// Shapes: input `[N, C, H, W]`, output `[N, C, H · height, W · width]` with the size height × width. Nothing is kept for the
/// backward pass but the weights of the interpolation.
public final class UpSampling2D: Layer, Sendable {
  /// How many rows and columns each one becomes.
  public let size: Size
  /// How new pixels are made.
  public let interpolation: Resampling

  /// Makes the layer.
  ///
  /// - Parameters:
  ///   - size: how many rows and columns each one becomes.
  ///   - interpolation: how new pixels are made. `.nearest` repeats each pixel.
  public init(_ size: Size = 2, interpolation: Resampling = .nearest) {
    self.size = size
    self.interpolation = interpolation
  }

  /// The shape of the larger image.
  public func build(inputShape: Shape, using generator: inout RandomGenerator) throws -> Shape {
    guard inputShape.rank == 3 else {
      throw LayerError(inputShape: inputShape, reason: "an image [C, H, W] is needed")
    }
    let (rows, tooManyRows) = inputShape[1].multipliedReportingOverflow(by: size.height)
    let (columns, tooManyColumns) = inputShape[2].multipliedReportingOverflow(by: size.width)
    guard size.height >= 1, size.width >= 1, !tooManyRows, !tooManyColumns else {
      throw LayerError(inputShape: inputShape, reason: "\(size) times as many pixels are not possible")
    }
    return [inputShape[0], rows, columns]
  }

  /// The larger images of a batch.
  public func callAsFunction(_ x: Variable<Float>, _ context: Context) -> Variable<Float> {
    guard interpolation == .nearest else {
      let target = Size(height: x.shape[2] * size.height, width: x.shape[3] * size.width)
      return x.resized(to: target, interpolation)
    }
    return x.repeated(size.height, axis: 2).repeated(size.width, axis: 3)
  }
}
