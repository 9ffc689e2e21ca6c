import Tensor

/// A height and a width in pixels. A single number means a square: `imageSize: 64`.
public struct ImageSize: Hashable, Codable, Sendable, ExpressibleByIntegerLiteral, CustomStringConvertible {
  /// The number of rows.
  public let height: Int
  /// The number of pixels in a row.
  public let width: Int
  /// The largest side in a file; the bytes of an input can then always be counted.
  private static let largestSide = 1 << 24

  /// Makes a size. Stops unless both numbers are at least 1.
  public init(height: Int, width: Int) {
    require(height > 0 && width > 0, "ImageSize: \(height) x \(width) holds no pixel")
    self.height = height
    self.width = width
  }

  /// Makes a square.
  public init(square side: Int) {
    self.init(height: side, width: side)
  }

  /// Makes a square of a number in the source.
  public init(integerLiteral side: Int) {
    self.init(square: side)
  }

  /// Reads a size from a file.
  ///
  /// - Throws: `DecodingError` unless both numbers are from 1 to 16,777,216.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    height = try container.decode(Int.self, forKey: .height)
    width = try container.decode(Int.self, forKey: .width)
    guard (1...Self.largestSide).contains(height), (1...Self.largestSide).contains(width) else {
      throw DecodingError.dataCorrupted(
        .init(
          codingPath: decoder.codingPath,
          debugDescription: "found an image of \(height) x \(width), expected sides from 1 to \(Self.largestSide)"))
    }
  }

  /// Height and width: `64 x 64`.
  public var description: String { "\(height) x \(width)" }
}

extension ImageSize {
  /// The size of a picture with one pixel for `reduction` along each axis, the last one for what is left.
  func reduced(by reduction: Int) -> ImageSize {
    ImageSize(height: (height + reduction - 1) / reduction, width: (width + reduction - 1) / reduction)
  }
}
