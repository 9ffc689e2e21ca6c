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
      var placement = Placement()
      placement.isMirrored = expected.flip
      (placement.right, placement.down) = (expected.right, expected.down)
      placement.angle = expected.degrees * .pi / 180
      placement.zoom = expected.zoom
      let difference = difference(placement, fixture.shape, fixture.values, expected.expected)
      #expect(difference < 4e-7, "\(expected)")
    }
  }

  struct PlacementFixture: Decodable {
    struct Case: Decodable {
      let mirrored: Bool
      let upsideDown: Bool
      let box: [Double]
      let shear: Double
      let zoom: Double
      let degrees: Double
      let right: Double
      let down: Double
      let expected: [Double]
    }
    let shape: [Int]
    let values: [Float]
    let cases: [Case]
  }

  /// All steps together, in the order of ``Placement``. OpenCV's matrix for the crop is in single precision at corners
  /// that are multiples of 1/20: an error of some 1e-6 of a pixel.
  @Test func composesStepsAsOpenCVAndNumPy() throws {
    let fixture = try readFixture("placements.json", as: PlacementFixture.self)
    for expected in fixture.cases {
      var placement = Placement()
      placement.isMirrored = expected.mirrored
      placement.isUpsideDown = expected.upsideDown
      placement.box = .init(
        x: expected.box[0], y: expected.box[1], width: expected.box[2], height: expected.box[3])
      placement.shear = expected.shear * .pi / 180
      placement.zoom = expected.zoom
      placement.angle = expected.degrees * .pi / 180
      (placement.right, placement.down) = (expected.right, expected.down)
      let difference = difference(placement, fixture.shape, fixture.values, expected.expected)
      #expect(difference < 4e-6, "\(expected)")
    }
  }

  private func difference(_ placement: Placement, _ shape: [Int], _ values: [Float], _ expected: [Double]) -> Double {
    let warp = AffineWarp(placement, height: shape[1], width: shape[2])
    var result = [Float](repeating: 0, count: values.count)
    result.withUnsafeMutableBufferPointer { target in
      values.withUnsafeBufferPointer { warp.apply(from: $0, to: target, channels: shape[0]) }
    }
    guard result.count == expected.count else { return .infinity }
    return zip(result, expected).map { abs(Double($0) - $1) }.max() ?? .infinity
  }
}
