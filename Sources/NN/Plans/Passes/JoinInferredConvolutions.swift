import Tensor

extension PlanDraft {
  /// Joins each convolution through which no gradient flows with what is behind it: normalizations by running statistics,
  /// ReLU and 2×2 pooling, in every order that one pass over memory can compute.
  mutating func joinInferredConvolutions() {
    let (consumers, hasGradient) = (onlyConsumers(), valuesWithGradient())
    for index in steps.indices {
      guard let call = steps[index].operation as? ConvolutionCall ?? ConvolutionCall(steps[index]),
        !hasGradient[steps[index].outputs[0]]
      else { continue }
      var operation = InferredConvolution.Parts(call.layer, window: call.window)
      var chain = [index]
      while let last = chain.last, let next = consumers[steps[last].outputs[0]], absorb(steps[next], into: &operation) {
        chain.append(next)
      }
      join(chain, into: InferredConvolution(operation))
    }
  }

  /// Makes the layer of a step a part of the operation; `false` if that is not possible.
  private func absorb(_ step: Step, into operation: inout InferredConvolution.Parts) -> Bool {
    switch step.layer {
    case let layer as BatchNorm: usesRunningStatistics(layer, step) && operation.absorb(layer)
    case let layer as any PointwiseLayer: layer.activation == .relu && operation.absorbReLU()
    case let layer as MaxPool2D: operation.absorb(layer)
    default: false
    }
  }
}
