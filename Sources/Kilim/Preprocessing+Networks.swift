import Data
import Networks

extension Preprocessing {
  /// How photos become inputs of a network that expects its pixels on a scale, as Keras's `preprocess_input` does.
  ///
  /// ```swift
  /// let model = try Model.mobileNetV2(inputShape: [3, 96, 96], classes: 11)
  /// model.preprocessing = Preprocessing(imageSize: 96, pixels: .signedUnit)
  /// ```
  ///
  /// - Parameters:
  ///   - imageSize: the height and width of the input.
  ///   - pixels: what the network expects of the pixels; the documentation of each network says it.
  ///   - resize: how a photo of another size is resized.
  ///   - framing: what happens to the proportions of a photo.
  public init(
    imageSize: ImageSize, pixels: PixelScale, resize: Resize = .bilinearAntialiased, framing: Framing = .stretch
  ) {
    let isScaledAlone = pixels.mean.allSatisfy { $0 == 0 } && pixels.deviation.allSatisfy { $0 == 1 }
    self.init(
      imageSize: imageSize, resize: resize, framing: framing, colours: pixels.isBGR ? .bgr : .rgb, scale: pixels.scale,
      normalization: isScaledAlone ? nil : Normalization(mean: pixels.mean, deviation: pixels.deviation))
  }

  /// How photos become inputs for the published weights of a network, as their makers measured them. A square of the photo is
  /// resized at once, where they resize the whole photo and cut the square out of it, which differs by rounding.
  ///
  /// - Parameters:
  ///   - weights: the weights.
  ///   - imageSize: the height and width of the input; that of the weights by default.
  public init(for weights: PublishedWeights, imageSize: ImageSize? = nil) {
    self.init(
      imageSize: imageSize ?? ImageSize(square: weights.imageSize), pixels: weights.pixels,
      resize: Resize(weights.filter == .bilinear ? .bilinear : .bicubic, antialiased: true),
      framing: weights.keepsProportions ? .cropToFill : .stretch)
    cropShare = weights.cropShare
  }

  /// How photos become inputs of a network by name, in the size that it is made for.
  public init(for network: NamedNetwork) {
    self.init(imageSize: ImageSize(square: network.imageSize), pixels: network.pixels)
  }
}
