import Tensor

/// The order of the colour channels in a tensor of pictures.
public enum ColourOrder: String, Hashable, Codable, Sendable, CaseIterable {
  /// Red, green, blue.
  case rgb
  /// Blue, green, red: for models trained by OpenCV scripts, whose `imread` gives this order.
  case bgr
}

/// How a photo is converted to an input of a model. It is saved with the model, so that photos are prepared in the same
/// way for training and for prediction.
///
/// A byte `b` of channel `c` becomes `(b * scale - mean[c]) / deviation[c]`; the mean and the deviation are those of
/// ``Normalization``, of red, green and blue whatever the order of the channels.
public struct Preprocessing: Hashable, Codable, Sendable {
  /// The height and width of the input.
  public var imageSize: ImageSize
  /// How a photo of another size is resized.
  public var resize: Resize
  /// What happens to the proportions of a photo.
  public var framing: Framing
  /// The share of the height and of the width that is used, around the middle, above 0 and at most 1. PyTorch's networks are
  /// often tested with a part of photos: 224 / 256 means the same as to resize the shorter side to 256 pixels and then to cut out
  /// 224.
  public var cropShare: Double
  /// The order of the channels.
  public var colours: ColourOrder
  /// The factor for each byte; 1/255 gives inputs from 0 to 1.
  public var scale: Float
  /// The mean to subtract and the deviation to divide by after that, if any.
  public var normalization: Normalization?
  /// The colour of transparent parts and of the padding.
  public var background: RGBColour
  /// What happens to colour profiles. A JPEG whose colours are converted is decoded at its full size.
  public var profiles: ProfilePolicy
  /// Whether a JPEG is always decoded at its full size.
  ///
  /// Otherwise it is decoded at 1/2, 1/4 or 1/8 of its size, if an antialiased bilinear, bicubic or Lanczos filter then
  /// still has to shrink it by a factor of 1.5 or more. This is at least 1.5 times as fast. Values differ by 0.7 of 255
  /// on average, and by 25 at most.
  public var exact: Bool

  /// Makes a preprocessing from its parts.
  public init(
    imageSize: ImageSize, resize: Resize = .bilinearAntialiased, framing: Framing = .stretch, cropShare: Double = 1,
    colours: ColourOrder = .rgb, scale: Float = 1 / 255, normalization: Normalization? = nil,
    background: RGBColour = .white, profiles: ProfilePolicy = .ignoring, exact: Bool = false
  ) {
    self.imageSize = imageSize
    self.resize = resize
    self.framing = framing
    self.cropShare = cropShare
    self.colours = colours
    self.scale = scale
    self.normalization = normalization
    self.background = background
    self.profiles = profiles
    self.exact = exact
  }

  /// Reads a preprocessing from a file. Parts that a file of an earlier version lacks have the meaning of that version:
  /// photos were stretched and decoded at their full size, in the colours of their files.
  ///
  /// - Throws: `DecodingError` when a part is missing or makes no sense.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    imageSize = try container.decode(ImageSize.self, forKey: .imageSize)
    resize = try container.decode(Resize.self, forKey: .resize)
    framing = try container.decodeIfPresent(Framing.self, forKey: .framing) ?? .stretch
    cropShare = try container.decodeIfPresent(Double.self, forKey: .cropShare) ?? 1
    guard cropShare > 0, cropShare <= 1 else {
      throw DecodingError.dataCorruptedError(
        forKey: .cropShare, in: container, debugDescription: "the share to crop to is \(cropShare)")
    }
    colours = try container.decode(ColourOrder.self, forKey: .colours)
    scale = try container.decode(Float.self, forKey: .scale)
    normalization = try container.decodeIfPresent(Normalization.self, forKey: .normalization)
    background = try container.decodeIfPresent(RGBColour.self, forKey: .background) ?? .white
    profiles = try container.decodeIfPresent(ProfilePolicy.self, forKey: .profiles) ?? .ignoring
    exact = try container.decodeIfPresent(Bool.self, forKey: .exact) ?? true
  }

  /// Writes all parts; the share to crop to only if photos are cropped, and what happens to colour profiles only if they are
  /// converted, so that nothing changes for others.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(imageSize, forKey: .imageSize)
    try container.encode(resize, forKey: .resize)
    try container.encode(framing, forKey: .framing)
    if cropShare != 1 { try container.encode(cropShare, forKey: .cropShare) }
    try container.encode(colours, forKey: .colours)
    try container.encode(scale, forKey: .scale)
    try container.encodeIfPresent(normalization, forKey: .normalization)
    try container.encode(background, forKey: .background)
    if profiles != .ignoring { try container.encode(profiles, forKey: .profiles) }
    try container.encode(exact, forKey: .exact)
  }

  private enum CodingKeys: String, CodingKey {
    case imageSize, resize, framing, cropShare, colours, scale, normalization, background, profiles, exact
  }

  /// The shape of one input, `[3, height, width]`.
  public var inputShape: Shape { [3, imageSize.height, imageSize.width] }

  /// Makes an input from a picture: `[3, height, width]`, channels in the order of `colours`, in floating point.
  public func callAsFunction(_ image: Image) -> Tensor<Float> {
    let bytes = Tensor<UInt8>(unsafeUninitialized: inputShape) { writePlanes(of: image, to: $0) }
    return Tensor(unsafeUninitialized: inputShape) { target in
      bytes.withUnsafeScalars { writeScaled($0, to: target) }
    }
  }

  /// Makes an input from the file of a photo: `[3, height, width]`.
  ///
  /// - Throws: ``ImageError`` when the file cannot be read, holds no picture, is damaged or exceeds `limits`.
  public func callAsFunction(
    contentsOfFile path: String, limits: ImageLimits = .standard
  ) throws(ImageError) -> Tensor<Float> {
    try self(decoding: readImageFile(path, limits: limits), path: path, limits: limits)
  }

  /// Makes an input from the bytes of a photo's file: `[3, height, width]`.
  ///
  /// - Throws: ``ImageError`` when the bytes hold no picture, are damaged or exceed `limits`.
  public func callAsFunction(
    decoding bytes: [UInt8], path: String = "bytes in memory", limits: ImageLimits = .standard
  ) throws(ImageError) -> Tensor<Float> {
    let (planes, damage) = try self.planes(decoding: bytes, path: path, limits: limits)
    if let damage { throw damage }
    return Tensor(unsafeUninitialized: inputShape) { target in
      planes.withUnsafeScalars { writeScaled($0, to: target) }
    }
  }

  /// The bytes of a photo's file as planes `[3, height, width]`, not yet scaled, with what is wrong with the file.
  ///
  /// - Throws: ``ImageError`` when the bytes hold no picture or exceed `limits`.
  public func planes(
    decoding bytes: [UInt8], path: String = "bytes in memory", limits: ImageLimits = .standard
  ) throws(ImageError) -> (planes: Tensor<UInt8>, damage: ImageError?) {
    let available = SystemMemory.available ?? .max
    guard workingByteCount <= available else {
      throw ImageError(
        path: path, found: "an input of \(imageSize) pixels to make of it, which takes \(byteText(workingByteCount))",
        expected: "one that takes at most the \(byteText(available)) of memory that are available")
    }
    var result = Result<ImageError?, ImageError>.success(nil)
    let planes = Tensor<UInt8>(unsafeUninitialized: inputShape) { target in
      target.initialize(repeating: 0)
      result = Result { () throws(ImageError) in
        try writePlanes(decoding: bytes, path: path, limits: limits, to: target)
      }
    }
    return (planes, try result.get())
  }
}
