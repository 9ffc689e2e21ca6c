import Kilim
import Testing

/// What a network sees, also of one that has diverged.
@Suite struct ExplanationChartsTests {
  @Test func filtersWithNaNAreDrawn() {
    let weights: [Float] = [.nan, 1, -1, 0, .infinity, -0.5]
    let sheet = PictureSheet(filters: Tensor(shape: [1, 1, 2, 3], scalars: weights))
    let grays: [UInt8] = [128, 255, 0, 128, 128, 64]
    #expect(sheet.pictures.map(\.image.rgb) == [grays.flatMap { [$0, $0, $0] }])
    let lost = PictureSheet(filters: Tensor(shape: [1, 3, 1, 1], scalars: [.nan, .nan, .nan]))
    #expect(lost.pictures.map(\.image.rgb) == [[128, 128, 128]])
  }

  @Test func featureMapsWithNaNAreDrawn() {
    let drawn = PictureSheet(featureMaps: Tensor(shape: [1, 1, 4], scalars: [-.infinity, -2, 0, .nan])).pictures[0]
    let expected = Bitmap(HeatMap(width: 4, height: 1, values: [0, 0, 2, 0]))
    #expect(drawn.image == expected)
  }

  @Test func theClippedPartOfAMapMayHoldNaN() {
    let map = HeatMap(Tensor<Float>(shape: [1, 4], scalars: [.nan, 1, 2, 4]), clipping: true)
    // Of three numbers, the middle one is the last that is not clipped.
    #expect(map.shares == [0, 0.5, 1, 1])
    #expect(HeatMap(Tensor<Float>(shape: [1, 2], scalars: [.nan, .nan]), clipping: true).shares == [0, 0])
  }
}
