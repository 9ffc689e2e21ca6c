import Tensor

extension PlanDraft {
  /// Lets concatenations of channels, each of what the one before made and of something new, share their memory, as in the blocks
  /// of DenseNet. What else takes such a value must read pixels with gaps between them, as a convolution of single pixels does.
  mutating func growConcatenations() {
    let hasGradient = valuesWithGradient()
    var takers: [Int: [Int]] = [:]
    for (index, step) in steps.enumerated() {
      for value in step.inputs { takers[value, default: []].append(index) }
    }
    var joined: Set<Int> = []
    for index in steps.indices where joinsChannels(steps[index], hasGradient) && joined.insert(index).inserted {
      var chain = [index]
      while let next = next(of: chain[chain.count - 1], takers, hasGradient) {
        chain.append(next)
        joined.insert(next)
      }
      guard chain.count > 1, let last = chain.last else { continue }
      let capacity = steps[last].inputShapes.reduce(0) { $0 + $1[0] }
      for place in chain {
        steps[place].operation = GrowingConcatenation(capacity: capacity, isFirst: place == index)
      }
    }
  }

  /// Whether a step joins images along their channels and no gradient flows through it.
  private func joinsChannels(_ step: Step, _ hasGradient: [Bool]) -> Bool {
    guard let layer = step.calledLayer as? Concatenate, !hasGradient[step.outputs[0]],
      !step.inputShapes.isEmpty, step.inputShapes.allSatisfy({ $0.rank == 3 })
    else { return false }
    return layer.resolvedAxis(rank: 3) == 0
  }

  /// The concatenation that alone appends to what a step makes; `nil` if there is none, or if others need pixels without gaps.
  private func next(of index: Int, _ takers: [Int: [Int]], _ hasGradient: [Bool]) -> Int? {
    let value = steps[index].outputs[0]
    guard let all = takers[value], !outputs.contains(value) else { return nil }
    let appending = all.filter { joinsChannels(steps[$0], hasGradient) }
    guard appending.count == 1, let next = appending.first, steps[next].inputs.first == value,
      all.allSatisfy({ $0 == next || readsPixelsWithGaps(steps[$0], value) })
    else { return nil }
    return next
  }

  /// Whether a step takes a value as the images of a convolution of single pixels, and as nothing else.
  private func readsPixelsWithGaps(_ step: Step, _ value: Int) -> Bool {
    guard let parts = (step.operation as? InferredConvolution)?.parts else { return false }
    return parts.window.size.area == 1 && step.inputs.first == value && !step.inputs.dropFirst().contains(value)
  }
}
