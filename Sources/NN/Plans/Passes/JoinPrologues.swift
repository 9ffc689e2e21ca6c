import Tensor

extension PlanDraft {
  /// Makes what is in front of a convolution of single pixels a part of it: factors of the channels, as squeeze and
  /// excitation has them, or a normalization by running statistics and the ReLU behind it. The convolution computes it as it
  /// reads its input, and no image is written in between.
  mutating func joinPrologues() {
    let (consumers, hasGradient) = (onlyConsumers(), valuesWithGradient())
    for index in steps.indices {
      let step = steps[index]
      guard let output = step.outputs.first, !hasGradient[output],
        let next = consumers[output], steps[next].inputs.first == output
      else { continue }
      if step.calledLayer is Multiply {
        joinFactors(index, to: next)
      } else if let layer = step.calledLayer as? BatchNorm, usesRunningStatistics(layer, step) {
        guard (steps[next].calledLayer as? any PointwiseLayer)?.activation == .relu else {
          join(layer, [index], appliesReLU: false, to: next)
          continue
        }
        guard let behind = consumers[steps[next].outputs[0]], steps[behind].inputs.first == steps[next].outputs[0],
          !hasGradient[steps[behind].outputs[0]]
        else { continue }
        join(layer, [index, next], appliesReLU: true, to: behind)
      }
    }
  }

  /// A convolution of single pixels with nothing in front; `nil` for all else.
  func pointwiseConvolution(_ step: Step) -> InferredConvolution? {
    guard !step.outputs.isEmpty, let operation = step.operation as? InferredConvolution,
      operation.parts.window.size.area == 1, operation.parts.window.stride == 1,
      case .nothing = operation.parts.before
    else { return nil }
    return operation
  }

  private mutating func joinFactors(_ index: Int, to next: Int) {
    let step = steps[index]
    guard var parts = pointwiseConvolution(steps[next])?.parts, step.inputs.count == 2, step.inputShapes.count == 2,
      let factors = step.inputShapes.firstIndex(where: { $0.rank == 3 && $0[1] == 1 && $0[2] == 1 }),
      case let images = step.inputShapes[1 - factors], images.rank == 3, images[0] == step.inputShapes[factors][0]
    else { return }
    parts.before = .scaled
    let (inputs, shapes) = (steps[next].inputs.dropFirst(), steps[next].inputShapes.dropFirst())
    join(
      [index, next], into: InferredConvolution(parts), layer: steps[next].layer,
      inputs: [step.inputs[1 - factors]] + inputs + [step.inputs[factors]],
      inputShapes: [images] + shapes + [step.inputShapes[factors]])
  }

  private mutating func join(_ layer: BatchNorm, _ chain: [Int], appliesReLU: Bool, to next: Int) {
    guard var parts = pointwiseConvolution(steps[next])?.parts, steps[chain[0]].inputShapes.first?.rank == 3
    else { return }
    parts.before = .normalized(layer, appliesReLU: appliesReLU)
    join(
      chain + [next], into: InferredConvolution(parts), layer: steps[next].layer,
      inputs: steps[chain[0]].inputs + steps[next].inputs.dropFirst())
  }
}
