/// A rectangle in a photo, in pixels from its upper left corner.
public struct PhotoFrame: Hashable, Sendable {
  /// The left and the upper edge; below 0 if the rectangle begins outside.
  public let x, y: Double
  /// Its sides.
  public let width, height: Double

  /// Makes a rectangle.
  public init(x: Double, y: Double, width: Double, height: Double) {
    (self.x, self.y, self.width, self.height) = (x, y, width, height)
  }
}

extension Preprocessing {
  /// The rectangle of a photo that the input of the model shows. It reaches beyond the photo where that is padded, so that every
  /// position of the input has its place: what a model says about it can be drawn over the photo.
  ///
  /// - Parameter size: height and width of the photo, as it is shown.
  public func frame(ofPhoto size: ImageSize) -> PhotoFrame {
    if size == imageSize, cropShare == 1 {
      return PhotoFrame(x: 0, y: 0, width: Double(size.width), height: Double(size.height))
    }
    var (vertical, horizontal) = framing.axes(from: size, to: imageSize)
    vertical.crop(to: cropShare)
    horizontal.crop(to: cropShare)
    let (top, height) = vertical.extent(ofInput: imageSize.height)
    let (left, width) = horizontal.extent(ofInput: imageSize.width)
    return PhotoFrame(x: left, y: top, width: width, height: height)
  }
}

extension ResizeAxis {
  /// Where the pixels of an input lie on the axis, if the axis fills its middle.
  fileprivate func extent(ofInput length: Int) -> (start: Double, length: Double) {
    (start - Double(halfRoundedToEven(length - target)) * scale, Double(length) * scale)
  }
}
