extension PlanDraft {
  /// Keeps the weight of fully connected layers without gradient in the order of the kernels, where that is faster.
  mutating func keepDenseFilters() {
    let hasGradient = valuesWithGradient()
    for index in steps.indices {
      let step = steps[index]
      guard let layer = step.calledLayer as? Dense, !hasGradient[step.outputs[0]], !endsInSigmoid(step),
        layer.activityRegularizer == nil, let operation = InferredDense(layer)
      else { continue }
      join([index], into: operation)
    }
  }
}
