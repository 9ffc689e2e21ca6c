/// A figure of the history that tells which epoch is the best.
struct Monitor {
  /// The name of the figure. One that ends in `accuracy` should rise, any other fall.
  let name: String

  /// The larger the better; `nil` where the figure is not there or is no number.
  func score(of report: EpochReport) -> Double? {
    guard let value = report.columns.first(where: { $0.name == name })?.value, !value.isNaN else { return nil }
    return name.hasSuffix("accuracy") ? value : -value
  }

  /// Whether the last epoch is better than all before it.
  func isBestLast(of history: History) -> Bool {
    guard let last = history.epochs.last.flatMap(score) else { return false }
    return history.epochs.dropLast().allSatisfy { score(of: $0).map { $0 < last } ?? true }
  }
}
