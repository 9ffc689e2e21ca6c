import Tensor

extension PlanDraft {
  /// Joins each convolution that is trained with the ReLU and the 2×2 pooling behind it, in either order.
  mutating func joinTrainedConvolutions() {
    let consumers = onlyConsumers()
    for index in steps.indices {
      guard var call = steps[index].operation as? ConvolutionCall ?? ConvolutionCall(steps[index]) else { continue }
      var chain = [index]
      while let last = chain.last, let next = consumers[steps[last].outputs[0]], call.absorb(steps[next]) {
        chain.append(next)
      }
      join(chain, into: call)
    }
  }
}
