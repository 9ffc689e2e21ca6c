extension PlanDraft {
  /// Computes the sum of two values and the ReLU behind it, the end of a residual block, in one pass over memory.
  mutating func joinAdditions() {
    let consumers = onlyConsumers()
    for index in steps.indices {
      guard steps[index].calledLayer is Add, steps[index].inputs.count == 2,
        let next = consumers[steps[index].outputs[0]],
        (steps[next].calledLayer as? any PointwiseLayer)?.activation == .relu
      else { continue }
      join([index, next], into: AdditionCall())
    }
  }
}
