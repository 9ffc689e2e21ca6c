import Autograd

/// What decides on the plan of a call.
struct CallKind: Hashable, Sendable {
  /// See ``Context/appliesDropout``.
  let appliesDropout: Bool
  /// See ``Context/usesBatchStatistics``.
  let usesBatchStatistics: Bool
  /// See ``Context/recordsGradients``.
  let recordsGradients: Bool
  /// Whether a gradient flows to an input.
  let inputsNeedGradient: Bool
  /// Which layers are frozen, as the number of changes so far; `nil` where that does not matter.
  let trainability: Int?

  init(_ context: Context, inputsNeedGradient: Bool) {
    appliesDropout = context.appliesDropout
    usesBatchStatistics = context.usesBatchStatistics
    recordsGradients = context.recordsGradients
    self.inputsNeedGradient = inputsNeedGradient
    let asks = context.recordsGradients || context.usesBatchStatistics
    trainability = asks ? Parameter.trainabilityChanges.load(ordering: .acquiring) : nil
  }
}
