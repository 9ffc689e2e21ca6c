import Data
import NN
import Tensor

extension Loss {
  /// Throws a ``FitError`` if the loss compares other targets than those of a data set: several classes need independent
  /// answers, numbers need values.
  func check(targets meaning: TargetMeaning?) throws(FitError) {
    guard let meaning, let outputs = outputMeaning else { return }
    let fits =
      switch meaning {
      case .oneClass, .unknown: true
      case .severalClasses: outputs == .binaryProbabilities || outputs == .binaryLogits
      case .numbers: outputs == .values
      }
    guard fits else { throw .targetsForLoss(meaning, loss: outputs) }
  }
}

extension TargetMeaning? {
  /// Outputs or targets `[N, numbers]` in their own units, if they are standardized numbers; all others as they are.
  func inOwnUnits(_ values: Tensor<Float>) -> Tensor<Float> {
    guard case .numbers(_, let scaling?) = self, values.rank == 2, values.shape[1] == scaling.mean.count else {
      return values
    }
    return scaling.restored(values)
  }
}
