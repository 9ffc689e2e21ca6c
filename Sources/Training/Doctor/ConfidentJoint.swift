import Tensor

/// How often examples with one label belong to another class: confident learning (Northcutt, Jiang and Chuang 2021, "Confident
/// Learning: Estimating Uncertainty in Dataset Labels", section 3.1).
///
/// An example counts for class j if its probability of j is at least the mean probability of j among the examples with label j
/// (equation 2); if it counts for several classes, for the most likely of them (equation 1).
public struct ConfidentJoint: Hashable, Sendable {
  /// The mean probability of each class among the examples with its label; above 1 for a class without examples.
  public let thresholds: [Double]
  /// `counts[i][j]` is the number of examples with label i that count for class j.
  public let counts: [[Int]]
  /// The number of examples with each label.
  public let labelCounts: [Int]

  /// Counts examples.
  ///
  /// - Parameters:
  ///   - probabilities: of each class for each example, row by row, by a model that was not trained on the example.
  ///   - labels: the class that each example is said to have.
  ///   - classCount: the number of classes.
  init(_ probabilities: [Double], labels: [Int], classCount: Int) {
    var (sums, sizes) = ([Double](repeating: 0, count: classCount), [Int](repeating: 0, count: classCount))
    for (example, label) in labels.enumerated() {
      sums[label] += probabilities[example * classCount + label]
      sizes[label] += 1
    }
    let thresholds = zip(sums, sizes).map { $1 == 0 ? 2 : $0 / Double($1) }
    var counts = [[Int]](repeating: [Int](repeating: 0, count: classCount), count: classCount)
    for (example, label) in labels.enumerated() {
      let row = probabilities[example * classCount..<(example + 1) * classCount]
      let sure = (0..<classCount).filter { row[row.startIndex + $0] >= thresholds[$0] }
      guard let best = sure.max(by: { row[row.startIndex + $0] < row[row.startIndex + $1] }) else { continue }
      counts[label][best] += 1
    }
    (self.thresholds, self.counts, labelCounts) = (thresholds, counts, sizes)
  }

  /// The estimated share of wrong labels: the counts of each label are scaled to the number of its examples, and those of other
  /// classes are added up (equation 3).
  public var noiseShare: Double {
    let total = labelCounts.reduce(0, +)
    let wrong = counts.enumerated().reduce(0.0) { sum, row in
      let counted = row.element.reduce(0, +)
      guard counted > 0 else { return sum }
      return sum + Double(counted - row.element[row.offset]) / Double(counted) * Double(labelCounts[row.offset])
    }
    return total == 0 ? 0 : wrong / Double(total)
  }
}
