import Tensor

extension PlanDraft {
  /// Joins each depthwise convolution through which no gradient flows with a convolution of single pixels right before it, one
  /// right behind it, or both.
  mutating func joinDepthwiseChains() {
    let consumers = onlyConsumers()
    for index in steps.indices {
      guard let middle = steps[index].operation as? InferredConvolution, middle.parts.isDepthwise,
        let input = steps[index].inputs.first, let output = steps[index].outputs.first
      else { continue }
      var (chain, operations) = ([index], [middle])
      if let before = steps.firstIndex(where: { $0.outputs == [input] }), consumers[input] == index,
        let operation = pointwiseConvolution(steps[before]), operation.parts.products.groups == 1,
        operation.parts.isOpen
      {
        chain.insert(before, at: 0)
        operations.insert(operation, at: 0)
      }
      if let behind = consumers[output], steps[behind].inputs.first == output, middle.parts.isOpen,
        let operation = pointwiseConvolution(steps[behind]), operation.parts.products.groups == 1
      {
        chain.append(behind)
        operations.append(operation)
      }
      guard let first = chain.first, let last = chain.last, chain.count > 1 else { continue }
      let inputs = [steps[first].inputs[0]] + steps[last].inputs.dropFirst()
      let shapes = steps[first].inputShapes.prefix(1) + steps[last].inputShapes.dropFirst()
      join(chain, into: InferredChain(operations: operations), inputs: inputs, inputShapes: Array(shapes))
    }
  }
}

extension InferredParts {
  /// Whether each channel has a filter of its own, and nothing is done before.
  fileprivate var isDepthwise: Bool {
    guard case .nothing = before else { return false }
    let shape = products.weightShape
    return products.groups > 1 && products.groups == shape[0] && shape[1] == 1 && !pools
  }

  /// Whether another convolution can follow without a tensor of its own.
  fileprivate var isOpen: Bool { !adds && !pools }
}
