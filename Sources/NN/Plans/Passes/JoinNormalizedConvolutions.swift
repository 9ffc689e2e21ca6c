extension PlanDraft {
  /// Computes each convolution that is trained with the normalization behind it as one operation.
  mutating func joinNormalizedConvolutions() {
    guard kind.recordsGradients else { return }
    let consumers = onlyConsumers()
    for index in steps.indices {
      guard let convolution = steps[index].operation as? ConvolutionCall, convolution.isAlone,
        let next = consumers[steps[index].outputs[0]], steps[next].inputs[0] == steps[index].outputs[0],
        let normalization = steps[next].operation as? ActiveNormalizationCall ?? ActiveNormalizationCall(steps[next])
      else { continue }
      join(
        [index, next], into: NormalizedConvolutionCall(convolution: convolution, normalization: normalization),
        inputs: steps[index].inputs + steps[next].inputs.dropFirst(),
        inputShapes: steps[index].inputShapes + steps[next].inputShapes.dropFirst())
    }
  }
}
