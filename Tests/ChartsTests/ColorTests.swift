import Charts
import Testing

@Suite struct ColorTests {
  @Test func hexIsReadAsOnTheWeb() {
    let color = Color(hex: 0x33_66_CC)
    #expect(color == Color(red: 0.2, green: 0.4, blue: 0.8))
  }

  @Test func huesGoRoundTheWheel() {
    let wheel: [(Double, UInt32)] = [
      (0, 0xFF0000), (1.0 / 6, 0xFFFF00), (1.0 / 3, 0x00FF00), (0.5, 0x00FFFF), (2.0 / 3, 0x0000FF),
      (5.0 / 6, 0xFF00FF),
      (1, 0xFF0000), (-1.0 / 3, 0x0000FF),
    ]
    for (hue, hex) in wheel {
      let color = Color(hue: hue, saturation: 1, brightness: 1)
      let expected = Color(hex: hex)
      #expect(abs(color.red - expected.red) < 1e-9 && abs(color.green - expected.green) < 1e-9, "hue \(hue)")
      #expect(abs(color.blue - expected.blue) < 1e-9, "hue \(hue)")
    }
    #expect(Color(hue: 0.3, saturation: 0, brightness: 0.5) == .gray(0.5))
  }

  /// Components outside of 0 to 1 are clamped when the colour is drawn.
  @Test func groundsAreClamped() throws {
    let canvas = try Canvas(width: 1, height: 1, background: .clear)
    let pixels = try canvas.bitmap(over: Color(red: .nan, green: -1, blue: 2))
    #expect(pixels.rgb == [0, 0, 255])
  }

  @Test func mixturesLieBetween() {
    #expect(Color.black.mixed(with: .white, fraction: 0.25) == .gray(0.25))
  }

  @Test func luminanceFollowsTheEye() {
    #expect(Color.black.luminance == 0 && abs(Color.white.luminance - 1) < 1e-12)
    // The weights of sRGB's primaries, and a middle grey worked out by hand: ((0.5 + 0.055) / 1.055)^2.4.
    #expect(Color.red.luminance == 0.2126 && Color.green.luminance == 0.7152 && Color.blue.luminance == 0.0722)
    #expect(abs(Color.gray(0.5).luminance - 0.214041) < 1e-6)
  }
}
