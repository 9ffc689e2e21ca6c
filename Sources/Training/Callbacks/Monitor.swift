import NN

/// The figure of the history that decides which epoch is the best.
struct Monitor {
  /// The name of the figure.
  let name: String
  /// Whether the largest or the smallest value is the best.
  let direction: MetricDirection

  /// Finds the direction of a figure: that of the caller, or else that of its metric. If it is a validation figure and
  /// there is no validation data, warns that `owner` never gets it.
  ///
  /// - Throws: ``FitError`` for a name that no figure has, and for a figure without a direction.
  init(name: String, mode: MetricDirection?, owner: String, _ start: TrainingStart) throws {
    var isValidation = false
    func metric(_ name: String) -> (any Metric)? { start.metrics.first { $0.name == name } }
    var base = name
    if name != "loss", metric(name) == nil, name.hasPrefix("val_") {
      (base, isValidation) = (String(name.dropFirst(4)), true)
    }
    guard base == "loss" || metric(base) != nil else {
      throw FitError.unknownFigure(name, owner: owner, known: start.figureNames)
    }
    guard let direction = mode ?? (base == "loss" ? .min : metric(base)?.direction) else {
      throw FitError.unknownDirection(name, owner: owner)
    }
    if isValidation, !start.hasValidation {
      start.warn(
        "\(owner) never sees \(name): there is no validation data. There are "
          + start.figureNames.joined(separator: ", "))
    }
    self.name = name
    self.direction = direction
  }

  /// A score of an epoch: larger is better. `nil` if the figure is missing or NaN.
  func score(of report: EpochReport) -> Double? {
    guard let value = report.columns.first(where: { $0.name == name })?.value, !value.isNaN else { return nil }
    return direction == .max ? value : -value
  }

  /// Whether the last epoch is better than all before it.
  func isBestLast(of history: History) -> Bool {
    guard let last = history.epochs.last.flatMap(score) else { return false }
    return history.epochs.dropLast().allSatisfy { score(of: $0).map { $0 < last } ?? true }
  }
}
