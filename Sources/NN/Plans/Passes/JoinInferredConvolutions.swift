import Tensor

extension PlanDraft {
  /// Joins each convolution through which no gradient flows with what is behind it: normalizations by running statistics,
  /// activations, 2×2 pooling, and the sum with another value, in every order that one pass over memory can compute.
  mutating func joinInferredConvolutions() {
    let (consumers, hasGradient) = (onlyConsumers(), valuesWithGradient())
    for index in steps.indices {
      guard let call = steps[index].operation as? ConvolutionCall ?? ConvolutionCall(steps[index]),
        !hasGradient[steps[index].outputs[0]]
      else { continue }
      var parts = InferredParts(call.layer, window: call.window)
      var (inputs, shapes) = (steps[index].inputs, steps[index].inputShapes)
      var chain = [index]
      while let last = chain.last, let next = consumers[steps[last].outputs[0]] {
        let step = steps[next]
        // A step that another convolution has taken makes no output any more.
        guard step.operation is LayerCall, let output = step.outputs.first, !hasGradient[output],
          absorb(step, into: &parts)
        else { break }
        for (input, shape) in zip(step.inputs, step.inputShapes) where input != steps[last].outputs[0] {
          inputs.append(input)
          shapes.append(shape)
        }
        chain.append(next)
      }
      join(chain, into: InferredConvolution(parts), inputs: inputs, inputShapes: shapes)
    }
  }

  /// Makes the layer of a step a part of the operation; `false` if that is not possible.
  private func absorb(_ step: Step, into parts: inout InferredParts) -> Bool {
    switch step.layer {
    case let layer as BatchNorm: usesRunningStatistics(layer, step) && parts.absorb(layer)
    case let layer as any PointwiseLayer: parts.absorb(layer.activation)
    case let layer as MaxPool2D: parts.absorb(layer)
    case is Add: step.inputs.count == 2 && step.inputShapes.count == 2 && parts.absorbAddition()
    default: false
    }
  }
}
