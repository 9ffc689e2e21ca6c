import Data
import Tensor

/// The probabilities of the classes for examples, each by a linear discriminant of the features that was fitted to examples of
/// other folds. A temperature that is fitted to all of them makes them right on average.
struct OutOfFold {
  /// The probabilities, row by row.
  let probabilities: [Double]
  /// Whether the class of the label had examples in the other folds.
  let isJudged: [Bool]

  /// - Parameters:
  ///   - features: `[N, D]`.
  ///   - labels: the class of each row.
  ///   - groups: rows with the same number are in the same fold.
  ///   - classCount: at least 2.
  ///   - folds: the number of folds, at least 2.
  ///   - seed: of the choice of the folds.
  /// - Throws: ``ConfidenceError``.
  init(
    _ features: Tensor<Float>, labels: [Int], groups: [Int], classCount: Int, folds: Int, seed: UInt64
  ) throws(ConfidenceError) {
    var scores = [Float](repeating: 0, count: labels.count * classCount)
    var isJudged = [Bool](repeating: false, count: labels.count)
    for fold in Self.folds(labels: labels, groups: groups, count: folds, seed: seed) where !fold.isEmpty {
      let isHeldOut = Set(fold)
      let others = labels.indices.filter { !isHeldOut.contains($0) }
      guard !others.isEmpty else { continue }
      let known = others.map { labels[$0] }
      let discriminant = LinearDiscriminant(features.gathering(others), labels: known, classCount: classCount)
      let answers = discriminant.scores(of: features.gathering(fold)).scalars
      let classes = Set(known)
      for (row, example) in fold.enumerated() {
        scores.replaceSubrange(
          example * classCount..<(example + 1) * classCount, with: answers[row * classCount..<(row + 1) * classCount])
        isJudged[example] = classes.contains(labels[example])
      }
    }
    let judged = labels.indices.filter { isJudged[$0] }
    let table = Tensor(shape: [labels.count, classCount], scalars: scores)
    var temperature = 1.0
    if !judged.isEmpty {
      temperature = try ClassLogits(table.gathering(judged), meaning: .logits, labels: judged.map { labels[$0] })
        .smoothedTemperature
    }
    probabilities = try ClassLogits(table, meaning: .logits, labels: labels).probabilities(temperature: temperature)
    self.isJudged = isJudged
  }

  /// The examples of each fold, with about the same share of each class.
  private static func folds(labels: [Int], groups: [Int], count: Int, seed: UInt64) -> [[Int]] {
    var rest = Array(labels.indices)
    var folds: [[Int]] = []
    for fold in 0..<count - 1 where !rest.isEmpty {
      let parts = stratifiedSplit(
        labels: rest.map { labels[$0] }, groups: rest.map { groups[$0] }, heldOut: rest.count / (count - fold),
        seed: seed &+ UInt64(fold))
      folds.append(parts.heldOut.map { rest[$0] })
      rest = parts.kept.map { rest[$0] }
    }
    return folds + [rest]
  }
}
