import Tensor

extension PlanDraft {
  /// Joins each convolution through which no gradient flows, and each fully connected layer on pixels, with what is
  /// behind it: normalizations by running statistics, factors of channels, activations, 2×2 pooling, and the sum with
  /// another value, in every order that one pass over memory can compute.
  mutating func joinInferredConvolutions() {
    let (consumers, hasGradient) = (onlyConsumers(), valuesWithGradient())
    for index in steps.indices {
      guard var parts = InferredParts(steps[index]), !hasGradient[steps[index].outputs[0]],
        !endsInSigmoid(steps[index])
      else { continue }
      var (inputs, shapes) = (steps[index].inputs, steps[index].inputShapes)
      var chain = [index]
      while let last = chain.last, let next = consumers[steps[last].outputs[0]] {
        let step = steps[next]
        // A step that another convolution has taken makes no output any more.
        guard let output = step.outputs.first, !hasGradient[output], !endsInSigmoid(step), absorb(step, into: &parts)
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
    switch step.calledLayer {
    case let layer as BatchNorm: usesRunningStatistics(layer, step) && parts.absorb(layer)
    case let layer as LayerScale: parts.absorb(layer)
    case let layer as any PointwiseLayer: parts.absorb(layer.activation)
    case let layer as MaxPool2D: parts.absorb(layer)
    case is Add: step.inputs.count == 2 && step.inputShapes.count == 2 && parts.absorbAddition()
    default: false
    }
  }
}

extension InferredParts {
  /// The convolution of a step, or its layer on pixels; `nil` if it is something else.
  fileprivate init?(_ step: PlanDraft.Step) {
    if let call = step.operation as? ConvolutionCall ?? ConvolutionCall(step) {
      self.init(.convolution(call.layer), window: call.window)
    } else if let layer = step.calledLayer as? Dense, layer.actsOnPixels,
      layer.activityRegularizer == nil, step.inputShapes.count == 1, step.inputShapes[0].rank == 3
    {
      self.init(.pixels(layer), window: Window(1))
    } else {
      return nil
    }
  }
}
