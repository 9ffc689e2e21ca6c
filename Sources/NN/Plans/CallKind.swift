import Autograd
import Tensor

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
  /// The shape of each input for one example, for a model that was built for these and for others too; otherwise `nil`.
  let inputShapes: [Shape]?

  /// The kind of a call.
  ///
  /// - Parameters:
  ///   - context: the settings of the call.
  ///   - inputsNeedGradient: whether a gradient flows to an input.
  ///   - holdsTraining: see ``Graph/Call/training``: whether a layer trains whatever the context says, so that it matters
  ///     whether it is frozen.
  ///   - inputShapes: see ``inputShapes``.
  init(_ context: Context, inputsNeedGradient: Bool, holdsTraining: Bool = false, inputShapes: [Shape]? = nil) {
    appliesDropout = context.appliesDropout
    usesBatchStatistics = context.usesBatchStatistics
    recordsGradients = context.recordsGradients
    self.inputsNeedGradient = inputsNeedGradient
    self.inputShapes = inputShapes
    let asks = context.recordsGradients || context.usesBatchStatistics || holdsTraining
    trainability = asks ? Parameter.trainabilityChanges.load(ordering: .acquiring) : nil
  }
}
