import NN

/// The figure of the history that decides which epoch is the best.
struct Monitor: Codable, Equatable {
  /// The name of the figure.
  let name: String
  /// Whether the largest or the smallest value is the best.
  let direction: MetricDirection

  /// Finds the direction of a figure: that of the caller, or else that of its metric. If it is a validation figure and
  /// there is no validation data, warns that `owner` never gets it, unless `warns` is false.
  ///
  /// - Throws: ``FitError`` for a name that no figure has, and for a figure without a direction.
  init(name: String, mode: MetricDirection?, owner: String, _ start: TrainingStart, warns: Bool = true) throws {
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
    if warns, isValidation, !start.hasValidation {
      start.warn(
        "\(owner) never sees \(name): there is no validation data. There are "
          + start.figureNames.joined(separator: ", "))
    }
    self.name = name
    self.direction = direction
  }

  /// Stores the figure along with the scores of a callback.
  func save(to state: inout SavedState) throws { try state.set(self, for: Self.key) }

  /// Throws ``SavedStateError`` if the scores in a state are those of another figure. States of earlier versions do not say whose
  /// they are.
  func check(_ state: SavedState) throws {
    guard state.has(Self.key) else { return }
    let saved: Monitor = try state.value(for: Self.key)
    guard saved == self else {
      func words(_ monitor: Monitor) -> String { "\(monitor.name), which should be at its \(monitor.direction)" }
      throw SavedStateError(name: Self.key, reason: "\(words(self)); in the checkpoint it is \(words(saved))")
    }
  }

  private static let key = "monitor"

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
