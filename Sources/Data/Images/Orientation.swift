/// How a stored picture must be rotated to be upright: the EXIF tag `Orientation` (0x0112), with its numbers.
///
/// Cameras store the picture as the sensor records it, together with the orientation of the camera.
public enum Orientation: Int, Hashable, Codable, Sendable, CaseIterable {
  /// As stored.
  case upright = 1
  /// Left and right change places.
  case mirrored = 2
  /// Half a turn.
  case upsideDown = 3
  /// Top and bottom change places.
  case flipped = 4
  /// Rows become columns.
  case transposed = 5
  /// A quarter turn clockwise.
  case quarterTurn = 6
  /// Rows become columns, then half a turn.
  case transversed = 7
  /// A quarter turn counterclockwise.
  case threeQuarterTurn = 8

  /// Whether rows become columns.
  public var swapsSides: Bool { rawValue >= 5 }

  /// Whether the last stored row is shown first: at the top, or at the left where rows become columns.
  var mirrorsRows: Bool { [.upsideDown, .flipped, .quarterTurn, .transversed].contains(self) }
  /// Whether the last stored column is shown first.
  var mirrorsColumns: Bool { [.mirrored, .upsideDown, .transversed, .threeQuarterTurn].contains(self) }
}

extension ImageSize {
  /// The size of a stored picture after it is turned, and of a shown one before it was.
  func turned(_ orientation: Orientation) -> ImageSize {
    orientation.swapsSides ? ImageSize(height: width, width: height) : self
  }
}

extension Image {
  /// The picture as a viewer shows it, made from the stored one.
  func turned(_ orientation: Orientation) -> Image {
    if orientation == .upright { return self }
    let size = ImageSize(height: height, width: width).turned(orientation)
    let turned = [UInt8](unsafeUninitializedCapacity: pixels.count) { target, initialized in
      pixels.withUnsafeBufferPointer { source in
        for row in 0..<height {
          let shownRow = orientation.mirrorsRows ? height - 1 - row : row
          for column in 0..<width {
            let shownColumn = orientation.mirrorsColumns ? width - 1 - column : column
            let place = orientation.swapsSides ? shownColumn * height + shownRow : shownRow * width + shownColumn
            let pixel = row * width + column
            for channel in 0..<3 { target[3 * place + channel] = source[3 * pixel + channel] }
          }
        }
      }
      initialized = pixels.count
    }
    return Image(width: size.width, height: size.height, pixels: turned)
  }

  /// The picture in the middle of a larger area of one colour.
  func centred(in size: ImageSize, _ background: RGBColour) -> Image {
    let top = halfRoundedToEven(size.height - height)
    let left = halfRoundedToEven(size.width - width)
    var area = [UInt8](unsafeUninitializedCapacity: size.height * size.width * 3) { target, initialized in
      background.fill(target)
      initialized = target.count
    }
    for row in 0..<height {
      let place = 3 * ((top + row) * size.width + left)
      area.replaceSubrange(place..<place + 3 * width, with: pixels[3 * row * width..<3 * (row + 1) * width])
    }
    return Image(width: size.width, height: size.height, pixels: area)
  }
}

/// Where Pillow puts the middle.
func halfRoundedToEven(_ length: Int) -> Int {
  Int((Double(length) / 2).rounded(.toNearestOrEven))
}
