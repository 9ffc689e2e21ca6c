import Tensor

/// How often each class was taken for each other: rows are the true classes, columns the predicted ones.
public struct ConfusionCounts: Hashable, Sendable {
  /// The names of the classes.
  public let classes: [String]
  /// `counts[t][p]` examples of class t were taken for class p.
  public let counts: [[Int]]

  /// Counts pairs of true and predicted class indices; pairs outside of `classes` are left out.
  public init(expected: [Int], predicted: [Int], classes: [String]) {
    var counts = [[Int]](repeating: [Int](repeating: 0, count: classes.count), count: classes.count)
    for (t, p) in zip(expected, predicted) where classes.indices.contains(t) && classes.indices.contains(p) {
      counts[t][p] += 1
    }
    self.classes = classes
    self.counts = counts
  }

  /// Counts the likeliest classes of predictions `[N, C]` against one-hot targets `[N, C]`.
  public init(_ evaluation: Evaluation, classes: [String]) {
    self.init(
      expected: evaluation.expected.argmax().scalars.map { Int($0) },
      predicted: evaluation.predicted.argmax().scalars.map { Int($0) }, classes: classes)
  }

  /// The share of examples on the diagonal; 0 without examples.
  public var accuracy: Double {
    let right = counts.indices.reduce(0) { $0 + counts[$1][$1] }
    let total = counts.reduce(0) { $0 + $1.reduce(0, +) }
    return total == 0 ? 0 : Double(right) / Double(total)
  }
}
