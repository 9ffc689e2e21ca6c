extension PlanDraft {
  /// The steps of a plan for inference that run for a few examples at a time; `nil` if there are none. Only layers of Kilim
  /// are known to compute each example by itself.
  func batchSlices() -> BatchSlices? {
    guard !kind.recordsGradients, !kind.inputsNeedGradient, !kind.appliesDropout, !kind.usesBatchStatistics
    else { return nil }
    return BatchSlices(steps, outputs: outputs) { $0.training == nil && computesExamplesAlone($0) }
  }

  private func computesExamplesAlone(_ step: Step) -> Bool {
    if step.operation is InferredConvolution || step.operation is InferredDense || step.operation is PooledLayersCall
      || step.operation is GrowingConcatenation || step.operation is InferredChain
    {
      return true
    }
    let isOfLayer =
      step.operation is LayerCall || step.operation is ActiveNormalizationCall || step.operation is AdditionCall
      || step.operation is MaxPoolCall
    guard isOfLayer else { return false }
    return switch step.layer {
    case is BatchNorm, is LayerScale, is ActivationLayer, is ReLU: true
    // Named axes may be that of the batch.
    case let layer as LayerNorm: layer.axes == nil
    case is Add, is Multiply, is Concatenate: true
    case is GlobalAveragePool2D, is AveragePool2D, is MaxPool2D, is ZeroPad2D, is Reshape, is Rescaling: true
    case let layer as Dense: layer.activityRegularizer == nil
    default: false
    }
  }
}
