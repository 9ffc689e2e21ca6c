import Foundation
import Kilim

extension RandomGenerator {
  /// True with the given probability.
  mutating func chance(_ probability: Double) -> Bool {
    uniform() < probability
  }

  /// One of the elements, each equally likely.
  mutating func element<Element>(of elements: [Element]) -> Element {
    elements[integer(below: elements.count)]
  }

  /// A point uniform in a rectangle.
  mutating func point(in frame: Rectangle) -> Point {
    Point(frame.x + frame.width * uniform(), frame.y + frame.height * uniform())
  }
}

extension Color {
  /// Any colour; pale, dark and grey ones are as frequent as bright ones.
  static func random(using generator: inout RandomGenerator) -> Color {
    Color(
      hue: generator.uniform(), saturation: generator.uniform(in: 0..<0.85),
      brightness: generator.uniform(in: 0.15..<1))
  }

  /// How light the colour looks, from 0 to 1: the L* of CIE 1976, without its straight piece near black.
  var lightness: Double { max(0, 1.16 * cbrt(luminance) - 0.16) }

  /// The colour with less light, black at 1.
  func darker(_ fraction: Double) -> Color { mixed(with: .black, fraction: fraction) }

  /// The colour with more light, white at 1.
  func lighter(_ fraction: Double) -> Color { mixed(with: .white, fraction: fraction) }
}
