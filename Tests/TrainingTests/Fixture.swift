import Foundation
import Tensor
import Testing

/// What Keras and scikit-learn computed; see `Fixtures/make_fixtures.py`.
struct Fixture: Decodable {
  struct Report: Decodable {
    let names: [String]
    let expected: [Int]
    let predicted: [Int]
    let confusion: [[Int]]
    let text: String
  }

  let fit: [String: [String: [Double]]]
  let report: Report

  static func load() throws -> Fixture {
    let url = try #require(Bundle.module.url(forResource: "training", withExtension: "json", subdirectory: "Fixtures"))
    return try JSONDecoder().decode(Fixture.self, from: Data(contentsOf: url))
  }
}

/// Numbers uniform in (-limit, limit): splitmix64 of the element's index, top 24 bits, as in `make_fixtures.py`.
func hashed(_ stream: UInt64, _ shape: Shape, _ limit: Double) -> Tensor<Float> {
  Tensor(
    shape: shape,
    scalars: (0..<shape.elementCount).map { index in
      var z = (UInt64(index) &+ stream << 32) &* 0x9E37_79B9_7F4A_7C15
      z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
      z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
      z ^= z >> 31
      return Float((2 * Double(z >> 40) / 0x1p24 - 1) * limit)
    })
}
