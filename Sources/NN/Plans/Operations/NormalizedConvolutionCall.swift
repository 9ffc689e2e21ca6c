import Autograd
import Tensor

/// A convolution that is trained and the normalization behind it, with the addition and the activation that follow.
struct NormalizedConvolutionCall: PlanOperation {
  let convolution: ConvolutionCall
  let normalization: ActiveNormalizationCall

  /// The result for the input of the convolution and, if there is an addition, the value to add.
  func run(_ inputs: [Variable<Float>], _ context: Context) -> [Variable<Float>] {
    if let joined = normalization.run(inputs, behind: convolution, context) { return [joined] }
    return normalization.run(convolution.run([inputs[0]], context) + inputs.dropFirst(), context)
  }
}
