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
  ///
  /// - Throws: `TargetError` if the scaling is of another number of numbers.
  func inOwnUnits(_ values: Tensor<Float>) throws(TargetError) -> Tensor<Float> {
    guard case .numbers(_, let scaling?) = self else { return values }
    guard values.shape.last == scaling.mean.count else {
      throw TargetError(
        targets: values.shape, reason: "their scaling is of \(counted(scaling.mean.count, "number")) for each example")
    }
    return scaling.restored(values)
  }
}
