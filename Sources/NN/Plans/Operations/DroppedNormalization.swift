import Autograd
import Tensor

/// A dropout and the normalization of the batch behind it.
struct DroppedNormalization: PlanOperation {
  let dropout: Dropout
  let normalization: BatchNorm
  /// See ``Graph/Call/training``.
  let training: Bool?

  func run(_ inputs: [Variable<Float>], _ context: Context) -> [Variable<Float>] {
    guard let training else { return [result(inputs[0], context)] }
    return context.withTraining(training) { [result(inputs[0], $0)] }
  }

  private func result(_ x: Variable<Float>, _ context: Context) -> Variable<Float> {
    normalization.normalize(x, dropping: dropout.mask(for: x.value, context), context)
  }
}
