import Data
import Testing

/// Against Pillow's `ImageEnhance` and Python's `colorsys`.
@Suite struct ColourChangeTests {
  private struct Fixture: Decodable {
    struct Case: Decodable {
      let factor: Float
      let expected: [Double]
    }
    let pixels: [Float]
    let gray: [Float]
    let brightness: [Case]
    let contrast: [Case]
    let saturation: [Case]
    let hue: [Case]
  }

  /// The change of planes of bytes, as values from 0 to 1.
  private func apply(_ change: ColourChange, to bytes: [Float], _ colours: ColourOrder = .rgb) -> [Double] {
    var values = bytes.map { $0 / 255 }
    values.withUnsafeMutableBufferPointer { change.apply(to: $0, channels: 3, colours: colours) }
    return values.map { Double($0) }
  }

  private func difference(_ found: [Double], _ expected: [Double]) -> Double {
    found.count == expected.count ? zip(found, expected).map { abs($0 - $1) }.max() ?? 0 : .infinity
  }

  /// Pillow cuts the fraction of a byte off.
  @Test func changesBrightnessAsPillow() throws {
    let fixture = try readFixture("colours.json", as: Fixture.self)
    for expected in fixture.brightness {
      let found = apply(ColourChange(brightness: expected.factor), to: fixture.pixels).map { $0 * 255 }
      #expect(difference(found, expected.expected) < 1.001, "\(expected.factor)")
    }
  }

  /// Pillow takes the mean as a whole number, and of the luma, which for gray is ours.
  @Test func changesContrastOfGrayAsPillow() throws {
    let fixture = try readFixture("colours.json", as: Fixture.self)
    for expected in fixture.contrast {
      let found = apply(ColourChange(contrast: expected.factor), to: fixture.gray).map { $0 * 255 }
      let tolerance = 1.001 + 0.5 * Double(abs(1 - expected.factor))
      #expect(difference(found, expected.expected) < tolerance, "\(expected.factor)")
    }
  }

  /// Pillow takes the luma as a whole number.
  @Test func changesSaturationAsPillow() throws {
    let fixture = try readFixture("colours.json", as: Fixture.self)
    for expected in fixture.saturation {
      let found = apply(ColourChange(saturation: expected.factor), to: fixture.pixels).map { $0 * 255 }
      let tolerance = 1.001 + 0.501 * Double(abs(1 - expected.factor))
      #expect(difference(found, expected.expected) < tolerance, "\(expected.factor)")
    }
  }

  /// A dozen roundings to single precision.
  @Test func turnsHueAsColorsys() throws {
    let fixture = try readFixture("colours.json", as: Fixture.self)
    for expected in fixture.hue {
      #expect(
        difference(apply(ColourChange(hue: expected.factor), to: fixture.pixels), expected.expected) < 2e-6,
        "\(expected.factor)")
    }
  }

  @Test func knowsTheOrderOfChannels() throws {
    let fixture = try readFixture("colours.json", as: Fixture.self)
    let plane = fixture.pixels.count / 3
    func swapped<Number>(_ values: [Number]) -> [Number] {
      Array(values[(2 * plane)...] + values[plane..<2 * plane] + values[..<plane])
    }
    let change = ColourChange(brightness: 0.9, contrast: 1.1, saturation: 1.3, hue: 0.2)
    #expect(
      difference(apply(change, to: swapped(fixture.pixels), .bgr), swapped(apply(change, to: fixture.pixels))) < 1e-6)
  }
}
