import Tensor

/// How the rows and columns of a stored picture are combined to a picture of another size.
struct ResizePlan {
  /// The smallest reduction that is left for the filter if a picture is decoded at a part of its size. With a smaller
  /// value, the codec's blocks of 2, 4 or 8 pixels, which have sharper edges than the filter, would have more
  /// influence.
  private static let remainder = 1.5

  /// How the stored rows are joined, and the columns.
  let rows: ResizeTaps
  let columns: ResizeTaps
  /// Whether values between the passes are rounded and cut off to bytes, as Pillow does, where columns are joined
  /// first.
  let roundsBetween: Bool
  /// How the rows are joined before the columns are, where that is done. A picture of which the rows become fewer is
  /// faster resized so.
  let rowSums: RowSums?
  /// How many pixels a row of the decoded picture has.
  let sourceWidth: Int

  /// The size of the result, and the part of it that the picture fills, both as shown.
  let size: ImageSize
  let part: ImageSize
  private let orientation: Orientation

  /// How many stored pixels one decoded pixel stands for along each axis.
  let reduction: Int

  /// - Parameters:
  ///   - stored: height and width of the picture in its file.
  ///   - orientation: how the picture is turned before it is shown.
  ///   - cropShare: the share of the height and width that is used, above 0.
  ///   - mayReduce: whether the picture may be decoded at 1/2, 1/4 or 1/8.
  init(
    stored: ImageSize, orientation: Orientation = .upright, to size: ImageSize, _ resize: Resize, framing: Framing,
    cropShare: Double = 1, mayReduce: Bool = false
  ) {
    require(
      cropShare > 0 && cropShare <= 1, "resize: the share to crop to is \(cropShare); expected above 0, at most 1")
    let shown = stored.turned(orientation)
    var (vertical, horizontal) = framing.axes(from: shown, to: size)
    vertical.crop(to: cropShare)
    horizontal.crop(to: cropShare)
    self.size = size
    self.orientation = orientation
    part = ImageSize(height: vertical.target, width: horizontal.target)
    let shrinking = min(vertical.scale, horizontal.scale)
    let fitting = [8, 4, 2].first { Double($0) * Self.remainder <= shrinking }
    reduction = mayReduce && resize.isSmooth ? fitting ?? 1 : 1
    if orientation.swapsSides { swap(&vertical, &horizontal) }
    vertical.isMirrored = orientation.mirrorsRows
    horizontal.isMirrored = orientation.mirrorsColumns
    let kernel = ResizeKernel(resize, enlarges: shrinking < 1)
    rows = ResizeTaps(vertical.reduced(by: reduction), kernel)
    columns = ResizeTaps(horizontal.reduced(by: reduction), kernel)
    roundsBetween = resize.antialiased
    rowSums = resize.hasNoLobes && vertical.scale >= 1 ? RowSums(rows) : nil
    sourceWidth = horizontal.reduced(by: reduction).source
  }

  /// The plan for a photo in a file.
  init(stored: ImageSize, orientation: Orientation, _ preprocessing: Preprocessing) {
    self.init(
      stored: stored, orientation: orientation, to: preprocessing.imageSize, preprocessing.resize,
      framing: preprocessing.framing, cropShare: preprocessing.cropShare, mayReduce: !preprocessing.exact)
  }

  /// The picture as it is shown, made of its resized pixels in the order of the file.
  func finish(_ pixels: [UInt8], background: RGBColour) -> Image {
    let stored = part.turned(orientation)
    let picture = Image(width: stored.width, height: stored.height, pixels: pixels).turned(orientation)
    return part == size ? picture : picture.centred(in: size, background)
  }
}

extension Resize {
  /// Whether the filter changes little when its picture was reduced before: the edges of a box would move.
  fileprivate var isSmooth: Bool { antialiased && [.bilinear, .bicubic, .lanczos].contains(filter) }

  /// Whether no weight is negative. Then no values need to be limited between the passes, and the order of the passes
  /// matters no more than rounding.
  fileprivate var hasNoLobes: Bool { antialiased && [.bilinear, .area].contains(filter) }
}

extension Preprocessing {
  /// Whether a large JPEG is decoded at a part of its size, so that its input differs a little from that of its decoded pixels.
  package var decodesPartly: Bool { !exact && resize.isSmooth }
}

extension Framing {
  /// The part of a picture that is used along each axis, and how many pixels become of it.
  func axes(from source: ImageSize, to size: ImageSize) -> (vertical: ResizeAxis, horizontal: ResizeAxis) {
    let (height, width) = (Double(source.height), Double(source.width))
    var vertical = ResizeAxis(source: source.height, start: 0, length: height, target: size.height)
    var horizontal = ResizeAxis(source: source.width, start: 0, length: width, target: size.width)
    let wanted = Double(size.width) / Double(size.height)
    switch self {
    case .stretch:
      break
    case .cropToFill where width / height > wanted:
      horizontal.length = height * wanted
      horizontal.start = (width - horizontal.length) / 2
    case .cropToFill:
      vertical.length = width / wanted
      vertical.start = (height - vertical.length) / 2
    case .padToFit where width / height > wanted:
      vertical.target = max(Int((height / width * Double(size.width)).rounded(.toNearestOrEven)), 1)
    case .padToFit:
      horizontal.target = max(Int((width / height * Double(size.height)).rounded(.toNearestOrEven)), 1)
    }
    return (vertical, horizontal)
  }
}

extension ResizeAxis {
  /// Uses a part of the axis, in its middle.
  mutating func crop(to share: Double) {
    start += length * (1 - share) / 2
    length *= share
  }

  /// The same axis of a picture of which each pixel stands for some.
  fileprivate func reduced(by reduction: Int) -> ResizeAxis {
    var axis = self
    axis.source = (source + reduction - 1) / reduction
    axis.start = start / Double(reduction)
    axis.length = length / Double(reduction)
    return axis
  }
}
