import Autograd
import NN
import Optim
import Tensor

/// Validates with the running averages of the weights, as Keras's `SwapEMAWeights`.
///
/// The optimizer keeps the averages: `Adam(average: WeightAverage(momentum: 0.999))`. The training goes on with its own
/// weights. Since the figures are those of the averages, ``EarlyStopping`` restores the averages of the best epoch, and
/// `load(checkpoint:)` loads averages. ``ModelCheckpoint`` saves them if it is asked to, and `fit` ends with them in any case.
///
/// The running statistics of `BatchNorm` are those of the weights themselves.
public final class SwapAverages: Callback {
  private var optimizer: (any Optimizer)?
  private var parameters: [Parameter] = []
  /// The weights of the training, while the model has the averages.
  private var values: [Tensor<Float>]?

  /// Makes the callback.
  public init() {}

  /// Finds the optimizer and the parameters.
  ///
  /// - Throws: ``FitError`` if the optimizer keeps no averages.
  public func trainingBegan(_ start: TrainingStart) throws {
    guard start.optimizer.options.average != nil else {
      throw FitError.option("SwapAverages", reason: "the optimizer keeps no averages; its `average:` asks for them")
    }
    (optimizer, parameters, values) = (start.optimizer, start.model.parameters, nil)
  }

  /// Gives the model the averages.
  public func validationBegan(_ epoch: Int) {
    values = parameters.map(\.value)
    optimizer?.applyAverages(to: parameters)
  }

  /// Gives the model its weights back.
  public func validationEnded(_ epoch: Int, _ evaluation: OutputEvaluations) { restoreValues() }

  /// Gives the model its weights back after an error in the validation.
  public func trainingEnded(_ end: TrainingEnd) { restoreValues() }

  /// Notes in a checkpoint that its averages are what was measured.
  public func save(to state: inout SavedState) throws { try state.set(true, for: Self.mark) }

  private static let mark = "measuresAverages"

  /// Whether the training of a checkpoint validates with averages.
  static func isPart(of checkpoint: SavedState) -> Bool { checkpoint.part("callback.\(self)").has(mark) }

  private func restoreValues() {
    guard let values else { return }
    for (parameter, value) in zip(parameters, values) { parameter.value = value }
    self.values = nil
  }
}
