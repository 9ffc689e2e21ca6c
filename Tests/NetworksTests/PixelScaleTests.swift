import Networks
import Tensor
import Testing

/// Pixels against Keras's `preprocess_input`, which computes in Float as well.
struct PixelScaleTests {
  @Test(arguments: PixelScale.allCases.filter { $0 != .centred })
  func pixelsAreKerass(scale: PixelScale) throws {
    let fixture = try #require(NetworkFixture.shared?.preprocessing)
    let expected = try #require(fixture.results["\(scale)"])
    func planes(_ pixels: [[Float]]) -> Tensor<Float> {
      Tensor(shape: [1, 3, 2, 2], scalars: (0..<3).flatMap { channel in pixels.map { $0[channel] } })
    }
    let (photos, results) = (planes(fixture.pixels), planes(expected))
    // The largest values are near 255, and three operations round.
    for (found, result) in zip(scale(photos).scalars, results.scalars) {
      #expect(abs(found - result) <= 3 * 255 * Float.ulpOfOne)
    }
    #expect(scale(photos.reshaped(to: [3, 2, 2])).scalars == scale(photos).scalars)
  }

  /// That of EfficientNet-Lite, which Keras has not: each number is exact.
  @Test func centredPixels() {
    #expect(PixelScale.centred(Tensor(shape: [3, 1, 1], scalars: [0, 127, 255])).scalars == [-0.9921875, 0, 1])
  }
}
