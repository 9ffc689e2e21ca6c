import NN
import Tensor

/// How often each class was taken for each other: rows are the true classes, columns the predicted ones.
public struct ConfusionCounts: Hashable, Sendable {
  /// The names of the classes.
  public let classes: [String]
  /// `counts[t][p]` examples of class t were taken for class p.
  public let counts: [[Int]]

  /// Counts pairs of true and predicted class indices; pairs with an index outside of `classes` are left out.
  public init(expected: [Int], predicted: [Int], classes: [String]) {
    var counts = [[Int]](repeating: [Int](repeating: 0, count: classes.count), count: classes.count)
    for (t, p) in zip(expected, predicted) where classes.indices.contains(t) && classes.indices.contains(p) {
      counts[t][p] += 1
    }
    self.classes = classes
    self.counts = counts
  }

  /// Counts the predicted classes of an evaluation, for targets of every form that `ClassReading` reads; the pixels of
  /// images one by one.
  ///
  /// Stops where ``Evaluation/confusion(classes:)`` throws.
  public init(_ evaluation: Evaluation, classes: [String]) {
    do {
      self = try evaluation.confusion(classes: classes)
    } catch {
      stop("ConfusionCounts: \(error)")
    }
  }

  /// The share of examples on the diagonal; 0 without examples.
  public var accuracy: Double {
    let right = counts.indices.reduce(0) { $0 + counts[$1][$1] }
    let total = counts.reduce(0) { $0 + $1.reduce(0, +) }
    return total == 0 ? 0 : Double(right) / Double(total)
  }
}

extension Evaluation {
  /// How often each class was taken for each other.
  ///
  /// - Parameter classes: the names of the classes; those of the data set by default.
  /// - Throws: `MetricError` when an example has several classes, as in multi-hot targets, or none, as in regression; when
  ///   a target is none of the classes; and when the number of names is not that of the classes.
  public func confusion(classes names: [String]? = nil) throws -> ConfusionCounts {
    let (reading, names) = (try classReading(), names ?? classes)
    guard reading.classCount == names.count else {
      throw MetricError(
        predicted: predicted.shape, expected: expected.shape,
        reason: "these are \(reading.classCount) classes, and \(names.count) names are given")
    }
    let expected = reading.expected.compactMap(\.self)
    guard expected.count == reading.expected.count else {
      throw MetricError(targets: self.expected.shape, reason: "a target is none of the \(names.count) classes")
    }
    return ConfusionCounts(expected: expected, predicted: reading.predicted, classes: names)
  }
}
