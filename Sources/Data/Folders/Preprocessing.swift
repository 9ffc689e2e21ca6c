import Tensor

/// The order of the colour channels in a tensor of pictures.
public enum ColourOrder: String, Hashable, Codable, Sendable, CaseIterable {
  /// Red, green, blue.
  case rgb
  /// Blue, green, red: for models trained by OpenCV scripts, whose `imread` gives this order.
  case bgr
}

/// How a photo becomes the input of a model. A value that is saved with the model, so that prediction sees a photo as
/// training did.
public struct Preprocessing: Hashable, Codable, Sendable {
  /// The height and width of the input.
  public var imageSize: ImageSize
  /// How a photo of another size is brought to it.
  public var resize: Resize
  /// The order of the channels.
  public var colours: ColourOrder
  /// What each byte is multiplied by; 1/255 gives inputs from 0 to 1.
  public var scale: Float

  /// Makes a preprocessing of its parts.
  public init(
    imageSize: ImageSize, resize: Resize = .bilinear, colours: ColourOrder = .rgb, scale: Float = 1 / 255
  ) {
    self.imageSize = imageSize
    self.resize = resize
    self.colours = colours
    self.scale = scale
  }

  /// The shape of one input, `[3, height, width]`.
  public var inputShape: Shape { [3, imageSize.height, imageSize.width] }

  /// The input made of a picture: `[3, height, width]`, channels in the order of `colours`, bytes times `scale`.
  public func callAsFunction(_ image: Image) -> Tensor<Float> {
    let bytes = Tensor<UInt8>(unsafeUninitialized: inputShape) { writePlanes(of: image, to: $0) }
    return Tensor(unsafeUninitialized: inputShape) { target in
      bytes.withUnsafeScalars { writeScaled($0, to: target) }
    }
  }

  /// Resizes a picture and writes it plane by plane: one colour of all pixels, then the next.
  func writePlanes(of image: Image, to target: UnsafeMutableBufferPointer<UInt8>) {
    let resized = image.resized(to: imageSize, resize)
    let plane = imageSize.height * imageSize.width
    resized.pixels.withUnsafeBufferPointer { pixels in
      for channel in 0..<3 {
        let colour = colours == .rgb ? channel : 2 - channel
        for index in 0..<plane { target[channel * plane + index] = pixels[3 * index + colour] }
      }
    }
  }

  /// Writes bytes times `scale`.
  func writeScaled(_ bytes: UnsafeBufferPointer<UInt8>, to target: UnsafeMutableBufferPointer<Float>) {
    for index in 0..<bytes.count { target[index] = Float(bytes[index]) * scale }
  }

  /// The picture whose planes these are, at the size of the input.
  func image(ofPlanes planes: UnsafeBufferPointer<UInt8>) -> Image {
    let plane = imageSize.height * imageSize.width
    let pixels = (0..<3 * plane).map { position in
      let channel = colours == .rgb ? position % 3 : 2 - position % 3
      return planes[channel * plane + position / 3]
    }
    return Image(width: imageSize.width, height: imageSize.height, pixels: pixels)
  }
}
