import Foundation
import Tensor
import Testing

/// What scikit-learn and NumPy computed; see `Fixtures/make_confidence.py`.
struct ConfidenceFixture: Decodable {
  struct Calibration: Decodable {
    let temperature, before, after: Double
  }

  struct Discriminant: Decodable {
    let probabilities: [Double]
  }

  struct Learning: Decodable {
    let thresholds: [Double]
    let joint: [[Int]]
  }

  struct Neighbours: Decodable {
    let first: [Int]
    let similarity, tenth: [Double]
  }

  let calibration: Calibration
  let discriminant: Discriminant
  let learning: Learning
  let neighbours: Neighbours

  static let count = 300

  static func load() throws -> ConfidenceFixture {
    let url = try #require(
      Bundle.module.url(forResource: "confidence", withExtension: "json", subdirectory: "Fixtures"))
    return try JSONDecoder().decode(ConfidenceFixture.self, from: Data(contentsOf: url))
  }

  /// A class for each example.
  static func labels(_ stream: UInt64, _ classCount: Int) -> [Int] {
    hashed(stream, [count], Double(classCount)).scalars.map { Int(abs($0)) }
  }

  /// Logits that are high for the class of each example.
  static func logits(_ stream: UInt64, _ limit: Double, labels: [Int], classCount: Int) -> Tensor<Float> {
    hashed(stream, [count, classCount], limit)
      + Tensor(oneHot: Tensor(labels.map { Float($0) }), classCount: classCount) * 3
  }

  /// Features of three classes.
  static func features(_ labels: [Int]) -> Tensor<Float> {
    hashed(22, [3, 6], 2).gathering(labels) + hashed(24, [count, 6], 1.5)
  }
}
