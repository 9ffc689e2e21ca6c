import Tensor

/// What a network expects of the pixels of a photo: how bytes from 0 to 255 become its input. Keras's `preprocess_input`.
///
/// ```swift
/// let input = PixelScale.signedUnit(images)    // [N, 3, H, W], red, green and blue from 0 to 255
/// ```
public enum PixelScale: String, CaseIterable, Sendable {
  /// The bytes as they are: the network scales them itself.
  case bytes
  /// x / 127.5 - 1, from -1 to 1.
  case signedUnit
  /// (x - 127) / 128, from about -1 to 1, for EfficientNet-Lite.
  case centred
  /// (x / 255 - mean) / deviation, with the mean and the deviation of ImageNet's colours.
  case standardized
  /// Blue, green and red, in this order, minus the mean of ImageNet.
  case centredBGR

  /// The factor for each byte.
  public var scale: Float {
    switch self {
    case .bytes, .centred, .centredBGR: 1
    case .signedUnit: 1 / 127.5
    case .standardized: 1 / 255
    }
  }

  /// What is subtracted from red, green and blue after that.
  public var mean: [Float] {
    switch self {
    case .bytes: [0, 0, 0]
    case .signedUnit: [1, 1, 1]
    case .centred: [127, 127, 127]
    case .standardized: [0.485, 0.456, 0.406]
    case .centredBGR: [123.68, 116.779, 103.939]
    }
  }

  /// What red, green and blue are divided by after that.
  public var deviation: [Float] {
    switch self {
    case .standardized: [0.229, 0.224, 0.225]
    case .centred: [128, 128, 128]
    case .bytes, .signedUnit, .centredBGR: [1, 1, 1]
    }
  }

  /// Whether blue comes first.
  public var isBGR: Bool { self == .centredBGR }

  /// The input for photos with red, green and blue from 0 to 255, `[3, H, W]` or `[N, 3, H, W]`. Stops for another shape.
  public func callAsFunction(_ photos: Tensor<Float>) -> Tensor<Float> {
    let axis = photos.rank - 3
    require(
      (0...1).contains(axis) && photos.shape[axis] == 3,
      "PixelScale: photos [3, H, W] or [N, 3, H, W] are needed, found \(photos.shape)")
    func spread(_ numbers: [Float]) -> Tensor<Float> { Tensor(shape: [3, 1, 1], scalars: numbers) }
    let scaled = (photos * scale - spread(mean)) / spread(deviation)
    return isBGR ? scaled.reversed(axis: axis) : scaled
  }
}
