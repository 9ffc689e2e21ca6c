import Data
import Testing

@Suite struct AffineWarpTests {
  struct Fixture: Decodable {
    struct Case: Decodable {
      let flip: Bool
      let right: Double
      let down: Double
      let degrees: Double
      let zoom: Double
      let expected: [Double]
    }
    let shape: [Int]
    let values: [Float]
    let cases: [Case]
  }

  /// The matrix is OpenCV's, the interpolation SciPy's in double precision. Three roundings to single precision of
  /// values below 1, and a share of a pixel that is off by as much.
  @Test func agreesWithOpenCVAndSciPy() throws {
    let fixture = try readFixture("warps.json", as: Fixture.self)
    for expected in fixture.cases {
      let warp = AffineWarp(
        height: fixture.shape[1], width: fixture.shape[2], isFlipped: expected.flip, right: expected.right,
        down: expected.down, angle: expected.degrees * .pi / 180, zoom: expected.zoom)
      var result = [Float](repeating: 0, count: fixture.values.count)
      result.withUnsafeMutableBufferPointer { target in
        fixture.values.withUnsafeBufferPointer { warp.apply(from: $0, to: target, channels: fixture.shape[0]) }
      }
      let difference = zip(result, expected.expected).map { abs(Double($0) - $1) }.max() ?? .infinity
      #expect(difference < 4e-7, "\(expected)")
    }
  }
}
