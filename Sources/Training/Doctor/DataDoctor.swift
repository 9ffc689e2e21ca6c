import Data
import Tensor

/// Finds what is likely wrong with photos and their labels, by their features: wrong labels, photos that occur twice, and photos
/// of something else.
///
/// ```swift
/// let doctor = try DataDoctor(FeatureCache(of: model.withoutClassifier()).features(of: photos))
/// for finding in doctor.wrongLabels.prefix(10) {
///   print(photos.paths[finding.example], "is more likely", photos.classes[finding.suggestion])
/// }
/// ```
///
/// Of photos with several views, only the first is looked at. Examples are numbered as in the photos.
public struct DataDoctor: Sendable {
  /// An example whose label is likely wrong.
  public struct WrongLabel: Hashable, Sendable {
    /// The number of the example.
    public let example: Int
    /// The class it is said to have.
    public let label: Int
    /// The most likely class.
    public let suggestion: Int
    /// The probability of its label.
    public let probability: Double
    /// The probability of the most likely class.
    public let suggestionProbability: Double
  }

  /// Two examples that show the same photo, perhaps resized, compressed again or slightly cropped.
  public struct NearDuplicate: Hashable, Sendable {
    /// The number of the first example.
    public let first: Int
    /// The number of the second one.
    public let second: Int
    /// The cosine between their features, from which the mean of all features is subtracted.
    public let similarity: Double
  }

  /// An example that is unlike all others.
  public struct Outlier: Hashable, Sendable {
    /// The number of the example.
    public let example: Int
    /// The cosine between its features and those of its tenth neighbour.
    public let similarity: Double
  }

  /// The examples whose label is likely wrong, the most certain ones first: another class is at least ten times as likely as the
  /// label, for a classifier that was trained on other examples.
  public let wrongLabels: [WrongLabel]
  /// How often examples with one label belong to another class, as far as it can be estimated; `nil` with fewer than two classes.
  public let joint: ConfidentJoint?
  /// The pairs of examples that show the same photo, the most similar first.
  public let nearDuplicates: [NearDuplicate]
  /// The examples that are unlike all others, the most unlike first.
  public let outliers: [Outlier]

  /// Looks at all examples.
  ///
  /// - Wrong labels: a linear discriminant of the features gives the probabilities of each example, from the examples of other
  ///   folds. ``joint`` counts them as confident learning does (Northcutt et al. 2021).
  /// - Near duplicates: a similarity of at least 0.75 that is at least 0.15 higher than the one to the tenth neighbour of both.
  ///   On 3,781 photos of clothes with EfficientNet-Lite0, this finds all of 180 photos that were resized to 2/3, compressed with
  ///   quality 50, or cropped by 5 % on each side, and 94 other pairs of very similar photos. Of more than ten copies of one
  ///   photo, none is found.
  /// - Outliers: the distance 1 - cosine to the tenth neighbour (Ramaswamy, Rastogi and Shim 2000) is above the upper quartile
  ///   by more than 1.5 times the distance of the quartiles (Tukey 1977).
  ///
  /// Cost: 4 N² D operations, and for each fold some dozens of products of the features with a column for each class.
  ///
  /// - Parameters:
  ///   - features: the features of all photos.
  ///   - folds: the number of parts for the probabilities, at least 2.
  ///   - seed: of the choice of the folds.
  /// - Throws: ``ConfidenceError`` unless each example has one class and finite features.
  public init(_ features: FeatureDataset, folds: Int = 5, seed: UInt64 = 0) throws {
    require(folds >= 2, "DataDoctor: \(counted(folds, "fold")), expected at least 2")
    let (allLabels, views) = (try features.checkedLabels(), features.views)
    let rows = Array(stride(from: 0, to: features.count, by: views))
    let (labels, groups) = (rows.map { allLabels[$0] }, rows.map { features.groups[$0] })
    let flat = features.features.reshaped(to: [features.count, -1]).gathering(rows)
    let classCount = max(features.classes.count, (labels.max() ?? 0) + 1)
    if classCount > 1 {
      let outOfFold = try OutOfFold(
        Rejection.prepared(flat), labels: labels, groups: groups, classCount: classCount, folds: folds, seed: seed)
      wrongLabels = Self.wrongLabels(outOfFold, labels, classCount)
      joint = ConfidentJoint(outOfFold.probabilities, labels: labels, classCount: classCount)
    } else {
      (wrongLabels, joint) = ([], nil)
    }
    nearDuplicates = Self.duplicates(Neighbours(of: flat, pairsFrom: Self.leastSimilarity, isCentred: true))
    outliers = Self.outliers(Neighbours(of: flat, isCentred: false).tenth)
  }

  /// The pairs of an example of one data set and one of another that show the same photo, the most similar first: test photos
  /// that a model has seen in training. `first` is a number in `test`, `second` one in `train`. Of several views, the first
  /// counts.
  ///
  /// Cost: 2 N M D operations for N examples to test with and M in all.
  ///
  /// - Throws: ``ConfidenceError`` if features are not finite, ``FeatureError`` if their shapes differ or they come from different
  ///   backbones or preprocessings.
  public static func nearDuplicates(of test: FeatureDataset, in train: FeatureDataset) throws -> [NearDuplicate] {
    guard test.inputShape == train.inputShape else {
      throw FeatureError.headShape(found: test.inputShape, expected: train.inputShape)
    }
    guard test.origin == train.origin else {
      throw FeatureError.otherBackbone(
        DifferentFeatures(
          first: "the test examples", firstOrigin: test.origin, second: "the training examples",
          secondOrigin: train.origin))
    }
    let parts = [test, train].map { part in
      part.features.reshaped(to: [part.count, -1]).gathering(Array(stride(from: 0, to: part.count, by: part.views)))
    }
    let (all, count) = (Tensor(concatenating: parts), parts[0].shape[0])
    guard all.sum().scalar.isFinite || all.scalars.allSatisfy(\.isFinite) else { throw ConfidenceError.notFinite }
    let neighbours = Neighbours(of: all, asked: 0..<count, pairsFrom: leastSimilarity, isCentred: true)
    return duplicates(neighbours).filter { $0.first < count && $0.second >= count }.map {
      NearDuplicate(first: $0.first, second: $0.second - count, similarity: $0.similarity)
    }
  }

  private static let leastSimilarity: Float = 0.75

  private static func wrongLabels(_ outOfFold: OutOfFold, _ labels: [Int], _ classCount: Int) -> [WrongLabel] {
    let found = labels.indices.compactMap { example -> WrongLabel? in
      let row = outOfFold.probabilities[example * classCount..<(example + 1) * classCount]
      guard outOfFold.isJudged[example], let best = row.indices.max(by: { row[$0] < row[$1] }) else { return nil }
      let own = row[row.startIndex + labels[example]]
      guard row[best] >= 10 * own else { return nil }
      return WrongLabel(
        example: example, label: labels[example], suggestion: best - row.startIndex, probability: own,
        suggestionProbability: row[best])
    }
    return found.sorted { $0.probability * $1.suggestionProbability < $1.probability * $0.suggestionProbability }
  }

  private static func duplicates(_ neighbours: Neighbours) -> [NearDuplicate] {
    let found = neighbours.pairs.filter { pair in
      let surroundings = [pair.first, pair.second].compactMap { neighbours.tenth[$0] }.max() ?? 0
      return pair.similarity - surroundings >= 0.15
    }
    return found.sorted { ($1.similarity, $0.first, $0.second) < ($0.similarity, $1.first, $1.second) }.map {
      NearDuplicate(first: $0.first, second: $0.second, similarity: Double($0.similarity))
    }
  }

  private static func outliers(_ similarities: [Float?]) -> [Outlier] {
    let known = similarities.enumerated().compactMap { example, similarity in
      similarity.map { (example: example, distance: 1 - Double($0)) }
    }.sorted { ($1.distance, $0.example) < ($0.distance, $1.example) }
    guard known.count >= 4 else { return [] }
    let (upper, lower) = (known[known.count / 4].distance, known[3 * known.count / 4].distance)
    return known.prefix { $0.distance > upper + 1.5 * (upper - lower) }.map {
      Outlier(example: $0.example, similarity: 1 - $0.distance)
    }
  }
}
