import Tensor

/// Converts labels to rows of a matrix and back, as scikit-learn's `LabelBinarizer`: the column of the class is
/// positive, the other columns are negative.
///
/// ```swift
/// let binarizer = try LabelBinarizer(["dog", "cat", "fish", "cat"])
/// try binarizer.transform(["fish"])  // [[0, 0, 1]]: cat, dog, fish
/// ```
///
/// Two classes share one column, positive for the later class; a single class has one column that is always negative.
public struct LabelBinarizer<Label: ClassLabel>: Sendable {
  /// The distinct labels: numbers are sorted by size, names by code points.
  public let classes: [Label]
  /// The value that stands for "another class".
  public let negative: Float
  /// The value that stands for "this class".
  public let positive: Float

  private let positions: [Label.SortKey: Int]

  /// Learns the classes from labels.
  ///
  /// - Throws: ``LabelError`` when there are no labels, or `negative` is not below `positive`.
  public init(_ labels: [Label], negative: Float = 0, positive: Float = 1) throws(LabelError) {
    guard negative < positive else { throw .valuesOutOfOrder(negative: negative, positive: positive) }
    guard !labels.isEmpty else { throw .noLabels }
    let classes = classIndices(of: labels).classes
    self.classes = classes
    self.negative = negative
    self.positive = positive
    positions = Dictionary(uniqueKeysWithValues: classes.indices.map { (classes[$0].sortKey, $0) })
  }

  /// The rows of labels, `[labels, classes]`, or `[labels, 1]` for one or two classes.
  ///
  /// A label that is not one of the classes gives a row of negative values. As in scikit-learn, labels with more than
  /// two distinct values give a column for each class, even if there are only one or two classes.
  ///
  /// - Throws: ``LabelError`` when there are no labels.
  public func transform(_ labels: [Label]) throws(LabelError) -> Tensor<Float> {
    guard !labels.isEmpty else { throw .noLabels }
    let keys = labels.map(\.sortKey)
    let hasOneColumn = classes.count <= 2 && Set(keys).count <= 2
    let columns = hasOneColumn ? 1 : classes.count
    var scalars = [Float](repeating: negative, count: labels.count * columns)
    for (row, key) in keys.enumerated() {
      guard let position = positions[key] else { continue }
      if !hasOneColumn {
        scalars[row * columns + position] = positive
      } else if position == 1 {
        scalars[row] = positive
      }
    }
    return Tensor(shape: [labels.count, columns], scalars: scalars)
  }

  /// The class of each row of scores: rows of ``transform(_:)``, or a model's probabilities.
  ///
  /// - Parameters:
  ///   - scores: `[rows, classes]`: the class with the largest score, or the first one of several equal scores; NaN
  ///     counts as the largest. For two classes, `[rows]`, `[rows, 1]` or `[rows, 2]`: the later class if the last
  ///     column is above the threshold. For a single class, `[rows]` or `[rows, 1]`.
  ///   - threshold: for two classes only; by default half-way between the negative and the positive value.
  /// - Throws: ``LabelError`` when `scores` has another shape.
  public func inverseTransform(_ scores: Tensor<Float>, threshold: Float? = nil) throws(LabelError) -> [Label] {
    let columns = scores.rank == 1 ? 1 : scores.shape.last ?? 0
    let fits = classes.count > 2 ? columns == classes.count : columns >= 1 && columns <= classes.count
    guard scores.rank == 2 || scores.rank == 1 && classes.count <= 2, fits else {
      throw .shape(found: scores.shape, classes: classes.count)
    }
    let threshold = threshold ?? (negative + positive) / 2
    return scores.withUnsafeScalars { scores in
      stride(from: 0, to: scores.count, by: columns).map { start in
        let row = scores[start..<start + columns]
        if classes.count > 2 { return classes[indexOfLargest(row)] }
        return row[row.endIndex - 1] > threshold ? classes[classes.count - 1] : classes[0]
      }
    }
  }
}

/// The position of the first NaN; without NaN, the position of the first largest value, as NumPy's `argmax`.
private func indexOfLargest(_ row: Slice<UnsafeBufferPointer<Float>>) -> Int {
  var best = row.startIndex
  for index in row.indices where !(row[index] <= row[best]) && !row[best].isNaN { best = index }
  return best - row.startIndex
}
