import Tensor

extension Variable {
  /// The cross-entropy -Σ tᵢ log qᵢ of each row of probabilities p, where q is p / Σ p, kept within bounds.
  ///
  /// With t′ the targets where the bounds left q as it was, and 0 elsewhere: dpᵢ = (Σ t′ - t′ᵢ / qᵢ) dl / Σ p. Where p is a
  /// softmax along the last axis, the gradient passes by it in one step to the softmax's input x: dxᵢ = (qᵢ Σ t′ - t′ᵢ) dl,
  /// which is q - t for a single expected class. Kept are q, before and behind the bounds, t and Σ p.
  ///
  /// Shapes: probabilities and targets `[…, C]`, result `[…]`.
  ///
  /// - Parameters:
  ///   - targets: the expected distribution over the classes, t.
  ///   - bounds: from just above 0, so that no logarithm is infinite, to at most 1.
  public func crossEntropy(_ targets: Tensor<Scalar>, within bounds: ClosedRange<Scalar>) -> Variable {
    require(targets.shape == shape, "crossEntropy: probabilities \(shape), targets \(targets.shape)")
    let total = value.sum([-1], keepingAxes: true)
    let shares = value / total
    let clipped = shares.clipped(to: bounds)
    let losses = -(clipped.log() * targets).sum([-1])

    func counted() -> (targets: Tensor<Scalar>, sum: Tensor<Scalar>) {
      let targets = targets.masked(by: shares .== clipped)
      return (targets, targets.sum([-1], keepingAxes: true))
    }
    if let input = node?.softmaxInput {
      let edge = Node<Scalar>.Edge(targets: [input]) { gradient in
        let counted = counted()
        return [(shares * counted.sum - counted.targets) * gradient.expandingShape(at: -1)]
      }
      return Variable(losses, edges: [edge])
    }
    return Variable(
      losses,
      from: (
        self,
        { gradient in
          let counted = counted()
          return (counted.sum - counted.targets / clipped) * (gradient.expandingShape(at: -1) / total)
        }
      ))
  }
}
