import Foundation

/// A colour of the sRGB space with opacity. Components are from 0 to 1; values outside are clamped when the colour is drawn.
public struct Color: Hashable, Sendable {
  /// The share of red.
  public var red: Double
  /// The share of green.
  public var green: Double
  /// The share of blue.
  public var blue: Double
  /// The opacity: 0 is invisible, 1 is opaque.
  public var alpha: Double

  /// A colour from its components in 0...1.
  public init(red: Double, green: Double, blue: Double, alpha: Double = 1) {
    self.red = red
    self.green = green
    self.blue = blue
    self.alpha = alpha
  }

  /// A colour from the number that the web uses: `Color(hex: 0x0072B2)` is `#0072B2`.
  public init(hex: UInt32, alpha: Double = 1) {
    self.init(
      red: Double(hex >> 16 & 0xFF) / 255, green: Double(hex >> 8 & 0xFF) / 255, blue: Double(hex & 0xFF) / 255,
      alpha: alpha)
  }

  /// A colour from hue, saturation and brightness in 0...1. The hue is cyclic: 0 is red, 1/3 green, 2/3 blue, 1 red again.
  public init(hue: Double, saturation: Double, brightness: Double, alpha: Double = 1) {
    // Each component is a trapezoid over the colour wheel, shifted by a third of it from the one before.
    func component(_ offset: Double) -> Double {
      let turn = hue + offset
      let position = 6 * (turn - turn.rounded(.down))
      return brightness * (1 - saturation * max(0, min(position, 4 - position, 1)))
    }
    self.init(red: component(5.0 / 6), green: component(0.5), blue: component(1.0 / 6), alpha: alpha)
  }

  /// The same colour with another opacity.
  public func withAlpha(_ alpha: Double) -> Color {
    Color(red: red, green: green, blue: blue, alpha: alpha)
  }

  /// The linear mixture of two colours: `fraction` 0 gives this one, 1 the other.
  public func mixed(with other: Color, fraction: Double) -> Color {
    func mix(_ from: Double, _ to: Double) -> Double { from + (to - from) * fraction }
    return Color(
      red: mix(red, other.red), green: mix(green, other.green), blue: mix(blue, other.blue),
      alpha: mix(alpha, other.alpha))
  }

  /// The relative luminance of sRGB, from 0 for black to 1 for white (WCAG 2.2).
  public var luminance: Double {
    func linear(_ component: Double) -> Double {
      component <= 0.04045 ? component / 12.92 : pow((component + 0.055) / 1.055, 2.4)
    }
    return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
  }
}

extension Color {
  /// Red, green and blue as bytes.
  var bytes: [UInt8] { [red, green, blue].map { UInt8((255 * $0.clampedToUnit).rounded()) } }
}

extension Double {
  /// The number limited to 0...1; 0 for NaN.
  var clampedToUnit: Double { self > 0 ? min(self, 1) : 0 }
}

extension Paint where Self == Color {
  /// `#000000`.
  public static var black: Color { Color(hex: 0x000000) }
  /// `#FFFFFF`.
  public static var white: Color { Color(hex: 0xFFFFFF) }
  /// `#FF0000`.
  public static var red: Color { Color(hex: 0xFF0000) }
  /// `#00FF00`.
  public static var green: Color { Color(hex: 0x00FF00) }
  /// `#0000FF`.
  public static var blue: Color { Color(hex: 0x0000FF) }
  /// Transparent.
  public static var clear: Color { Color(hex: 0x000000, alpha: 0) }
  /// A grey from black (0) to white (1).
  public static func gray(_ level: Double) -> Color { Color(red: level, green: level, blue: level) }
  /// A colour from the number that the web uses: `.hex(0x0072B2)` is `#0072B2`.
  public static func hex(_ value: UInt32) -> Color { Color(hex: value) }
}
