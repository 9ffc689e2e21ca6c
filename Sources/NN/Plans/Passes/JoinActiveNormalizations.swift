import Tensor

extension PlanDraft {
  /// Computes each normalization, the sum of its result with another value of the same shape, and the activation behind them in
  /// the same passes over memory.
  mutating func joinActiveNormalizations() {
    let consumers = onlyConsumers()
    for index in steps.indices {
      guard var call = ActiveNormalizationCall(steps[index]) else { continue }
      var (chain, inputs, shapes) = ([index], steps[index].inputs, steps[index].inputShapes)
      if let next = consumers[steps[index].outputs[0]], let other = addend(of: steps[next], to: steps[index]) {
        call.adds = true
        inputs.append(other.value)
        shapes.append(other.shape)
        chain.append(next)
      }
      if let last = chain.last, let next = consumers[steps[last].outputs[0]],
        let activation = (steps[next].calledLayer as? any PointwiseLayer)?.activation,
        let function = NormalizedActivation(activation), !call.adds || function.isKnownByResult
      {
        call.activation = activation
        chain.append(next)
      }
      if chain.count > 1 { join(chain, into: call, inputs: inputs, inputShapes: shapes) }
    }
  }

  /// The other value of an addition of two values of the same shape; `nil` if a step is something else.
  private func addend(of step: Step, to first: Step) -> (value: Int, shape: Shape)? {
    // A step without outputs is a part of another normalization already.
    guard !step.outputs.isEmpty, step.calledLayer is Add, step.inputs.count == 2,
      step.inputShapes.count == 2, step.inputShapes[0] == step.inputShapes[1], first.inputShapes.count == 1,
      let other = step.inputs.firstIndex(where: { $0 != first.outputs[0] })
    else { return nil }
    return (step.inputs[other], step.inputShapes[other])
  }
}
