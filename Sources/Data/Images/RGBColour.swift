/// A colour of 8 bits for each channel.
public struct RGBColour: Hashable, Codable, Sendable, CustomStringConvertible {
  /// From 0, none, to 255.
  public var red: UInt8
  /// From 0, none, to 255.
  public var green: UInt8
  /// From 0, none, to 255.
  public var blue: UInt8

  /// All light: what browsers and paper show behind a picture.
  public static let white = RGBColour(red: 255, green: 255, blue: 255)
  /// No light.
  public static let black = RGBColour(red: 0, green: 0, blue: 0)

  /// Makes a colour of its channels.
  public init(red: UInt8, green: UInt8, blue: UInt8) {
    self.red = red
    self.green = green
    self.blue = blue
  }

  /// As in a style sheet: `#ffffff` is white.
  public var description: String {
    "#" + [red, green, blue].map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }
}

extension RGBColour {
  /// Red, green and blue as numbers to reckon with.
  var channels: [UInt32] { [UInt32(red), UInt32(green), UInt32(blue)] }

  /// Gives all pixels of an area this colour, `3 * pixels` bytes, initialized or not.
  func fill(_ area: UnsafeMutableBufferPointer<UInt8>) {
    for pixel in 0..<area.count / 3 {
      area[3 * pixel] = red
      area[3 * pixel + 1] = green
      area[3 * pixel + 2] = blue
    }
  }
}
