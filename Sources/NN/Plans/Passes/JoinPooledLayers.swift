import Tensor

extension PlanDraft {
  /// Joins each global average pooling through which no gradient flows with the layers on single pixels behind it:
  /// squeeze and excitation, with convolutions or fully connected layers, and changes of the shape between them.
  mutating func joinPooledLayers() {
    let (consumers, hasGradient) = (onlyConsumers(), valuesWithGradient())
    for index in steps.indices {
      guard let pooling = steps[index].calledLayer as? GlobalAveragePool2D,
        let output = steps[index].outputs.first, !hasGradient[output], let image = steps[index].inputShapes.first
      else { continue }
      var chain = [index]
      var parts: [PooledLayersCall.Part] = []
      var shape: Shape = pooling.keepsAxes ? [image[0], 1, 1] : [image[0]]
      while let last = chain.last, let next = consumers[steps[last].outputs[0]] {
        let step = steps[next]
        guard let output = step.outputs.first, !hasGradient[output], !endsInSigmoid(step) else { break }
        if let reshaped = shapeOfSinglePixel(step, from: shape) {
          shape = reshaped
        } else if let part = PooledLayersCall.Part(step, on: shape) {
          parts.append(part)
          shape = part.shape
        } else {
          break
        }
        chain.append(next)
      }
      if parts.isEmpty { continue }
      join(chain, into: PooledLayersCall(parts, shape: shape))
    }
  }

  /// The shape behind a step that makes features of a single pixel or the other way round; `nil` for all else.
  private func shapeOfSinglePixel(_ step: Step, from shape: Shape) -> Shape? {
    let channels = shape.elementCount
    return switch step.calledLayer {
    case is Flatten: [channels]
    case let layer as Reshape:
      layer.resolvedShape(of: shape).flatMap { [[channels], [channels, 1, 1]].contains($0) ? $0 : nil }
    default: nil
    }
  }
}
