import Tensor

extension Window {
  /// How the window lies on images of the given shape.
  ///
  /// - Throws: ``LayerError`` when the shape is not that of an image `[C, H, W]` or the window does not fit into it.
  func placement(onImageOf inputShape: Shape) throws -> WindowPlacement {
    guard inputShape.rank == 3 else {
      throw LayerError(inputShape: inputShape, reason: "an image [C, H, W] is needed")
    }
    guard let placement = placement(onHeight: inputShape[1], width: inputShape[2]) else {
      throw LayerError(
        inputShape: inputShape,
        reason: "a window of \(size.height)×\(size.width) with stride \(stride.height)×\(stride.width), "
          + "dilation \(dilation.height)×\(dilation.width) and padding \(padding) does not fit")
    }
    return placement
  }

  /// The shape that pooling with the window makes of images of the given shape.
  ///
  /// - Throws: ``LayerError`` also when the padding is so wide that the window would see nothing else.
  func pooledShape(of inputShape: Shape) throws -> Shape {
    let output = try placement(onImageOf: inputShape).output
    if case .explicit(let top, let bottom, let left, let right) = padding {
      guard max(top, bottom) < size.height, max(left, right) < size.width else {
        throw LayerError(
          inputShape: inputShape,
          reason: "padding \(padding) must be narrower than the window of \(size.height)×\(size.width)")
      }
    }
    return [inputShape[0], output.height, output.width]
  }
}
