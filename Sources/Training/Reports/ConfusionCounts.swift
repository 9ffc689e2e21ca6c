import NN
import Serialization
import Tensor

/// How often each class was predicted as each other class: rows are the true classes, columns the predicted classes.
public struct ConfusionCounts: Hashable, Sendable {
  /// The names of the classes.
  public let classes: [String]
  /// `counts[t][p]` is the number of examples of class t that were predicted as class p.
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

  /// The share of examples on the diagonal; 0 without examples.
  public var accuracy: Double {
    let right = counts.indices.reduce(0) { $0 + counts[$1][$1] }
    let total = counts.reduce(0) { $0 + $1.reduce(0, +) }
    return total == 0 ? 0 : Double(right) / Double(total)
  }
}

extension Evaluation {
  /// How often each class was predicted as each other class.
  ///
  /// - Parameter classes: the names of the classes; those of the data set by default.
  /// - Throws: `TargetError` if an example has several classes, as in multi-hot targets, or none, as in regression; if
  ///   a target is not one of the classes; if the number of names is not the number of classes; or if the names are those
  ///   of the data set in another order.
  public func confusion(classes names: [String]? = nil) throws -> ConfusionCounts {
    let (reading, names) = (try classReading(), names ?? classes)
    guard reading.classCount == names.count else {
      throw TargetError(
        predicted: predicted.shape, expected: expected.shape,
        reason:
          "there are \(counted(reading.classCount, "class", plural: "classes")) and \(counted(names.count, "name"))")
    }
    if !names.equalsExactly(classes), Set(names.map(ExactText.init)) == Set(classes.map(ExactText.init)) {
      throw TargetError(
        targets: self.expected.shape,
        reason: "the classes of the data are \(classes.joined(separator: ", ")), and the names have another order: "
          + names.joined(separator: ", "))
    }
    let expected = reading.expected.compactMap(\.self)
    guard expected.count == reading.expected.count else {
      throw TargetError(targets: self.expected.shape, reason: "a target is none of the \(names.count) classes")
    }
    return ConfusionCounts(expected: expected, predicted: reading.predicted, classes: names)
  }
}
