import Tensor

/// Converts sets of labels to rows of 0 and 1 and back, as scikit-learn's `MultiLabelBinarizer`: 1 in the column of each
/// label of the set.
///
/// ```swift
/// let binarizer = try MultiLabelBinarizer([["red", "wool"], ["blue"], []])
/// try binarizer.transform([["blue", "wool"]])  // [[1, 0, 1]]: blue, red, wool
/// ```
public struct MultiLabelBinarizer<Label: ClassLabel>: Sendable {
  /// The distinct labels: numbers are sorted by size, names by code points.
  public let classes: [Label]
  private let positions: [Label.SortKey: Int]

  /// Learns the classes from sets of labels.
  ///
  /// - Throws: ``LabelError/noLabels`` if there is no label at all.
  public init(_ sets: [[Label]]) throws(LabelError) {
    let labels = sets.flatMap(\.self)
    guard !labels.isEmpty else { throw .noLabels }
    classes = classIndices(of: labels).classes
    positions = Dictionary(uniqueKeysWithValues: classes.enumerated().map { ($1.sortKey, $0) })
  }

  /// The rows of sets, `[sets, classes]`. Labels that are none of the classes are left out, as in scikit-learn.
  public func transform(_ sets: [[Label]]) -> Tensor<Float> {
    var scalars = [Float](repeating: 0, count: sets.count * classes.count)
    for (row, labels) in sets.enumerated() {
      for position in labels.compactMap({ positions[$0.sortKey] }) { scalars[row * classes.count + position] = 1 }
    }
    return Tensor(shape: [sets.count, classes.count], scalars: scalars)
  }

  /// The labels of each row of scores, in the order of the classes: those whose score is above the threshold.
  ///
  /// - Parameter scores: `[rows, classes]`: rows of ``transform(_:)``, or a model's probabilities. NaN is above nothing.
  /// - Throws: ``LabelError/shape(found:classes:)`` when `scores` has another shape.
  public func inverseTransform(_ scores: Tensor<Float>, threshold: Float = 0.5) throws(LabelError) -> [[Label]] {
    guard scores.rank == 2, scores.shape[1] == classes.count else {
      throw .shape(found: scores.shape, classes: classes.count)
    }
    let values = scores.scalars
    return (0..<scores.shape[0]).map { row in
      classes.indices.filter { values[row * classes.count + $0] > threshold }.map { classes[$0] }
    }
  }
}
