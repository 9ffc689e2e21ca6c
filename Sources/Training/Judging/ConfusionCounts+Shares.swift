extension ConfusionCounts {
  /// What the counts of a confusion matrix are divided by.
  public enum Normalization: String, Sendable, CaseIterable {
    /// The examples of the true class: each row sums to 1, the diagonal is the recall.
    case expected
    /// The examples predicted as the class: each column sums to 1, the diagonal is the precision.
    case predicted
    /// All examples.
    case all
  }

  /// The counts as shares, as scikit-learn's `confusion_matrix(normalize=)`: 0 where there is nothing to divide by.
  public func shares(of whole: Normalization) -> [[Double]] {
    func total(_ sum: Int) -> (Int) -> Double { { sum == 0 ? 0 : Double($0) / Double(sum) } }
    let rows = counts.map { $0.reduce(0, +) }
    switch whole {
    case .expected: return counts.indices.map { counts[$0].map(total(rows[$0])) }
    case .predicted:
      let columns = counts.indices.map { column in counts.reduce(0) { $0 + $1[column] } }
      return counts.map { row in row.indices.map { total(columns[$0])(row[$0]) } }
    case .all:
      let all = total(rows.reduce(0, +))
      return counts.map { $0.map(all) }
    }
  }
}
