import Autograd
import Tensor

/// An image brought to a fixed size.
///
/// Shapes: input `[N, C, H, W]`, output `[N, C, height, width]`. Nothing is kept for the backward pass but the weights of the
/// interpolation.
public final class Resizing: Layer, Sendable {
  /// What becomes of an image whose sides have another ratio than the target.
  public enum AspectRatio: Hashable, Sendable {
    /// The image is stretched.
    case stretch
    /// As much of its middle as has the ratio of the target is resized.
    case crop
    /// Rows or columns of the given value are added on both sides first.
    case pad(with: Float = 0)
  }

  /// Height and width of the output.
  public let size: Size
  /// How pixels are made.
  public let interpolation: Resampling
  /// What becomes of images of another ratio.
  public let aspectRatio: AspectRatio
  /// Whether smaller images are made of all pixels of the larger ones, not of those nearby alone.
  public let antialiases: Bool

  /// Makes the layer.
  ///
  /// - Parameters:
  ///   - size: height and width of the output.
  ///   - interpolation: how pixels are made.
  ///   - aspectRatio: what becomes of an image whose sides have another ratio than the target.
  ///   - antialiases: whether the kernel of the interpolation is widened where the image becomes smaller.
  public init(
    _ size: Size, interpolation: Resampling = .bilinear, aspectRatio: AspectRatio = .stretch,
    antialiases: Bool = false
  ) {
    (self.size, self.interpolation) = (size, interpolation)
    (self.aspectRatio, self.antialiases) = (aspectRatio, antialiases)
  }

  /// The target.
  public func build(inputShape: Shape, using generator: inout RandomGenerator) throws -> Shape {
    guard inputShape.rank == 3 else {
      throw LayerError(inputShape: inputShape, reason: "an image [C, H, W] is needed")
    }
    guard size.height >= 1, size.width >= 1 else {
      throw LayerError(inputShape: inputShape, reason: "an image of \(size) is not possible")
    }
    return [inputShape[0], size.height, size.width]
  }

  /// The resized images of a batch.
  public func callAsFunction(_ x: Variable<Float>, _ context: Context) -> Variable<Float> {
    require(x.shape.rank == 4, "Resizing: images [N, C, H, W] are needed, found \(x.shape)")
    let image = Size(height: x.shape[2], width: x.shape[3])
    let framed =
      switch aspectRatio {
      case .stretch: x
      case .crop: x.cropped(toRatioOf: size)
      case .pad(let filler): x.padded(Self.margins(of: image, toRatioOf: size), with: filler)
      }
    return framed.resized(to: size, interpolation, antialiases: antialiases)
  }

  /// The rows or columns to add on both sides, as in Keras: equally many, so that one may be missing.
  package static func margins(of image: Size, toRatioOf target: Size) -> [(before: Int, after: Int)] {
    let height = max(image.height, Int(Double(image.width * target.height) / Double(target.width)))
    let width = max(image.width, Int(Double(image.height * target.width) / Double(target.height)))
    let rows = (height - image.height) / 2
    let columns = rows > 0 ? 0 : (width - image.width) / 2
    return [(0, 0), (0, 0), (rows, rows), (columns, columns)]
  }
}

extension Size {
  /// The middle of an image of this size, as large as it can be with the ratio of the target's sides.
  package func middle(withRatioOf target: Size) -> (rows: Range<Int>, columns: Range<Int>) {
    let rows = Swift.max(Swift.min(height, Int(Double(width * target.height) / Double(target.width))), 1)
    let columns = Swift.max(Swift.min(width, Int(Double(height * target.width) / Double(target.height))), 1)
    let (top, left) = ((height - rows) / 2, (width - columns) / 2)
    return (top..<top + rows, left..<left + columns)
  }
}

extension Variable<Float> {
  /// The middle of images `[N, C, H, W]`, as large as it can be with the ratio of the target's sides.
  func cropped(toRatioOf target: Size) -> Variable {
    let middle = Size(height: shape[2], width: shape[3]).middle(withRatioOf: target)
    return slice(middle.rows, axis: 2).slice(middle.columns, axis: 3)
  }
}
