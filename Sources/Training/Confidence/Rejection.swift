import Data
import Foundation
import Tensor

/// Tells photos of none of the known classes by their features.
///
/// The score of features x is higher the more familiar they are. It is the sum of two parts, each divided by its standard
/// deviation over known examples that were held out, the second with twice the weight:
///
/// - by how much x is nearer to a class than to the mean of all examples: the largest score of a linear discriminant, the
///   relative Mahalanobis distance (Ren et al. 2021, "A Simple Fix to Mahalanobis Distance for Improving Near-OOD Detection");
/// - the cosine between x and the nearest of some known examples (Sun, Ming, Zhu and Li 2022, "Out-of-Distribution Detection with
///   Deep Nearest Neighbors").
///
/// Before that, each feature is replaced by the root of its magnitude, with its sign, so that no single one dominates
/// (Perronnin, Sánchez and Mensink 2010, "Improving the Fisher Kernel", section 3.1). The first part notices what is between the
/// classes, the second what is far from all.
public struct Rejection: Equatable, Sendable {
  /// The layer whose output is looked at; `nil` for the input of the model.
  public internal(set) var layer: String?
  /// Where the features come from that the rule was learned from; `nil` in files of earlier versions, and for features of which
  /// nothing is known.
  public private(set) var origin: FeatureOrigin?
  /// ``FeatureDataset/backboneValues`` of these features.
  private(set) var backboneValues: UInt64?
  /// Photos with a lower score are of none of the classes.
  public let threshold: Float
  /// The share of known photos that the threshold accepts.
  public let accepted: Double
  /// The scores of the classes.
  package let discriminant: LinearDiscriminant
  /// Known examples, `[R, D]`, each of length 1.
  package let examples: Tensor<Float>
  /// What the two parts are multiplied with.
  package let factors: [Float]

  /// The number of features of a photo.
  var featureCount: Int { examples.shape[1] }

  /// The scores of features `[N, …]`.
  public func scores(of features: Tensor<Float>) -> [Float] {
    let parts = Self.parts(of: Self.prepared(features), discriminant, examples)
    return zip(parts.nearness, parts.similarity).map { factors[0] * $0 + factors[1] * $1 }
  }

  /// The most known examples that are kept of a class, and of all classes unless there are more classes.
  private static let (examplesOfClass, examplesInAll) = (20, 1000)

  /// Learns which features are known, and chooses the threshold on other examples: as these are as new to the rule as later
  /// photos, it accepts the wanted share of those too (split conformal prediction; Papadopoulos et al. 2002).
  ///
  /// - Parameters:
  ///   - features: of the examples to learn from, `[N, …]`.
  ///   - labels: their classes.
  ///   - classCount: the number of classes.
  ///   - heldOut: features of other known examples, `[M, …]`.
  ///   - accepted: the share of known photos to accept.
  ///   - seed: of the choice of the examples that are kept.
  /// - Returns: `nil` if the held-out examples are too few to tell this share.
  init?(
    learning features: Tensor<Float>, labels: [Int], classCount: Int, heldOut: Tensor<Float>, accepted: Double,
    seed: UInt64
  ) {
    let (known, other) = (Self.prepared(features), Self.prepared(heldOut))
    // The share that is left has no exact value in binary: 1 - 0.9 is a little below 0.1.
    let rejected = Int((1 - accepted) * Double(other.shape[0] + 1) + 1e-9)
    guard rejected >= 1 else { return nil }
    discriminant = LinearDiscriminant(known, labels: labels, classCount: classCount)
    var generator = RandomGenerator(seed: seed)
    var room = [Int](repeating: min(Self.examplesOfClass, max(1, Self.examplesInAll / classCount)), count: classCount)
    let chosen = generator.permutation(of: labels.count).filter { example in
      room[labels[example]] -= 1
      return room[labels[example]] >= 0
    }
    examples = Self.ofLengthOne(known.gathering(chosen))
    let parts = Self.parts(of: other, discriminant, examples)
    factors = [1 / Self.deviation(parts.nearness), 2 / Self.deviation(parts.similarity)]
    let scores = zip(parts.nearness, parts.similarity).map { [factors] in factors[0] * $0 + factors[1] * $1 }
    threshold = scores.sorted()[rejected - 1]
    self.accepted = accepted
  }

  /// The rule for a layer of a model, or for its input, with what is known of the features it was learned from.
  func learned(from features: FeatureDataset, of layer: String? = nil) -> Rejection {
    var rule = self
    (rule.layer, rule.origin, rule.backboneValues) = (layer, features.origin, features.backboneValues)
    return rule
  }

  /// The two parts of the score.
  private static func parts(
    of features: Tensor<Float>, _ discriminant: LinearDiscriminant, _ examples: Tensor<Float>
  ) -> (nearness: [Float], similarity: [Float]) {
    (
      discriminant.scores(of: features).max([1]).scalars,
      ofLengthOne(features).matmul(examples.transposed()).max([1]).scalars
    )
  }

  /// The root of the magnitude of each feature, with its sign, `[N, D]`.
  static func prepared(_ features: Tensor<Float>) -> Tensor<Float> {
    let flat = features.reshaped(to: [features.shape[0], -1])
    return flat.relu().squareRoot() - (-flat).relu().squareRoot()
  }

  /// Each row divided by its length; a row of zeros stays.
  static func ofLengthOne(_ rows: Tensor<Float>) -> Tensor<Float> {
    let lengths = rows.squared().sum([1], keepingAxes: true).squareRoot()
    return rows / Tensor(shape: lengths.shape, scalars: lengths.scalars.map { $0 > 0 ? $0 : 1 })
  }

  private static func deviation(_ numbers: [Float]) -> Float {
    let deviation = Tensor(numbers).variance().scalar.squareRoot()
    return deviation > 0 ? deviation : 1
  }
}

extension Rejection: Codable {
  private enum CodingKeys: String, CodingKey {
    case layer, origin, backboneValues, threshold, accepted, classes, features, weight, bias, examples, factors
  }

  /// Writes the rule with all that it looks at.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encodeIfPresent(layer, forKey: .layer)
    try container.encodeIfPresent(origin, forKey: .origin)
    try container.encodeIfPresent(backboneValues, forKey: .backboneValues)
    try container.encode(threshold, forKey: .threshold)
    try container.encode(accepted, forKey: .accepted)
    try container.encode(discriminant.bias.count, forKey: .classes)
    try container.encode(featureCount, forKey: .features)
    try container.encode(discriminant.bias.scalars, forKey: .bias)
    try container.encode(factors, forKey: .factors)
    try container.encode(Self.bytes(discriminant.weight), forKey: .weight)
    try container.encode(Self.bytes(examples), forKey: .examples)
  }

  /// - Throws: `DecodingError` when a part is missing, numbers are not finite, or their counts do not fit together.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    func check(_ isRight: Bool, _ key: CodingKeys, _ problem: String) throws {
      guard isRight else {
        throw DecodingError.dataCorruptedError(forKey: key, in: container, debugDescription: problem)
      }
    }
    layer = try container.decodeIfPresent(String.self, forKey: .layer)
    origin = try container.decodeIfPresent(FeatureOrigin.self, forKey: .origin)
    backboneValues = try container.decodeIfPresent(UInt64.self, forKey: .backboneValues)
    threshold = try container.decode(Float.self, forKey: .threshold)
    accepted = try container.decode(Double.self, forKey: .accepted)
    factors = try container.decode([Float].self, forKey: .factors)
    let bias = try container.decode([Float].self, forKey: .bias)
    let (classCount, width) = (
      try container.decode(Int.self, forKey: .classes), try container.decode(Int.self, forKey: .features)
    )
    let weight = Self.numbers(try container.decode(Foundation.Data.self, forKey: .weight))
    let examples = Self.numbers(try container.decode(Foundation.Data.self, forKey: .examples))
    try check(factors.count == 2, .factors, "\(factors.count) factors, 2 are needed")
    try check(classCount >= 1 && bias.count == classCount, .bias, "\(bias.count) numbers for \(classCount) classes")
    let (size, overflows) = width.multipliedReportingOverflow(by: classCount)
    try check(
      width >= 1 && !overflows && weight.count == size, .weight, "\(weight.count) numbers for \(width) features")
    try check(
      !examples.isEmpty && examples.count % width == 0, .examples, "\(examples.count) numbers for \(width) features")
    let all = [factors, bias, weight, examples, [threshold]]
    try check(all.allSatisfy { $0.allSatisfy(\.isFinite) }, .weight, "a number is not finite")
    discriminant = LinearDiscriminant(
      weight: Tensor(shape: [width, classCount], scalars: weight), bias: Tensor(bias))
    self.examples = Tensor(shape: [examples.count / width, width], scalars: examples)
  }

  /// Numbers as bytes, the lowest first. In JSON they are text in base 64.
  private static func bytes(_ numbers: Tensor<Float>) -> Foundation.Data {
    Foundation.Data(numbers.scalars.flatMap { withUnsafeBytes(of: $0.bitPattern.littleEndian, Array.init) })
  }

  private static func numbers(_ bytes: Foundation.Data) -> [Float] {
    guard bytes.count % 4 == 0 else { return [] }
    let bytes = Array(bytes)
    return stride(from: 0, to: bytes.count, by: 4).map { start in
      Float(bitPattern: (0..<4).reduce(0) { $0 | UInt32(bytes[start + $1]) << (8 * UInt32($1)) })
    }
  }
}
