import Tensor

// Behind a softmax, probabilities near 0 round to 0 and their gradient is lost, just where a model is most wrong. The
// losses of probabilities therefore use the logits where they are known, as Keras does on TensorFlow.

extension Variable {
  /// The cross-entropy -Σ tᵢ log qᵢ along one axis of probabilities p, where q is p / Σ p, clipped to bounds.
  ///
  /// Where p is a softmax along the same axis, the result is ``softmaxCrossEntropy(_:axis:)`` of the softmax's input, and
  /// the gradient flows there directly.
  ///
  /// Otherwise, with t′ the targets where the bounds did not change q, and 0 elsewhere: dpᵢ = (Σ t′ - t′ᵢ / qᵢ) dl / Σ p.
  /// Kept are q before and after clipping, t and Σ p.
  ///
  /// Shapes: probabilities and targets `[…, C, …]`, result without the axis of C.
  ///
  /// - Parameters:
  ///   - targets: t, the expected distribution over the classes.
  ///   - axis: the axis of the classes.
  ///   - bounds: from just above 0, so that no logarithm is infinite, to at most 1.
  public func crossEntropy(
    _ targets: Tensor<Scalar>, axis: Int = -1, within bounds: ClosedRange<Scalar>
  ) -> Variable {
    require(targets.shape == shape, "crossEntropy: probabilities \(shape), targets \(targets.shape)")
    let axis = shape.resolve(axis: axis, in: "crossEntropy")
    if let logits = logits(behind: .softmax(axis: axis)) { return logits.softmaxCrossEntropy(targets, axis: axis) }
    let total = value.sum([axis], keepingAxes: true)
    let shares = value / total
    let clipped = shares.clipped(to: bounds)
    return Variable(
      -(clipped.log() * targets).sum([axis]),
      from: (
        self,
        { gradient in
          let targets = targets.masked(by: shares .== clipped)
          let slopes = targets.sum([axis], keepingAxes: true) - targets / clipped
          return slopes * (gradient.expandingShape(at: axis) / total)
        }
      ))
  }

  /// The cross-entropy -Σ tᵢ log sᵢ along one axis of logits x, where s is their softmax: log sᵢ = xᵢ - log Σⱼ e^xⱼ.
  ///
  /// dxᵢ = (sᵢ Σ t - tᵢ) dl, which is s - t for targets that add up to 1. A class with target 0 adds nothing, also with an
  /// infinite logit. Kept are log s and t.
  ///
  /// Shapes: logits and targets `[…, C, …]`, result without the axis of C.
  ///
  /// - Parameters:
  ///   - targets: t, the expected distribution over the classes.
  ///   - axis: the axis of the classes.
  public func softmaxCrossEntropy(_ targets: Tensor<Scalar>, axis: Int = -1) -> Variable {
    require(targets.shape == shape, "softmaxCrossEntropy: logits \(shape), targets \(targets.shape)")
    let axis = shape.resolve(axis: axis, in: "softmaxCrossEntropy")
    let logShares = value.logSoftmax(axis: axis)
    return Variable(
      -(logShares * targets).masked(by: targets .!= 0).sum([axis]),
      from: (
        self,
        { gradient in
          let slopes = logShares.exp() * targets.sum([axis], keepingAxes: true) - targets
          return slopes * gradient.expandingShape(at: axis)
        }
      ))
  }

  /// ``softmaxCrossEntropy(_:axis:)`` of a model's output: of the logits, where the output is a softmax along the axis.
  package func softmaxCrossEntropy(ofOutput targets: Tensor<Scalar>, axis: Int) -> Variable {
    let function = Logits<Scalar>.Function.softmax(axis: shape.resolve(axis: axis, in: "softmaxCrossEntropy"))
    return (logits(behind: function) ?? self).softmaxCrossEntropy(targets, axis: axis)
  }

  /// The binary cross-entropy -(t log q + (1 - t) log (1 - q)) of each probability p, where q is p clipped to bounds.
  ///
  /// Where p is a sigmoid, the result is ``sigmoidCrossEntropy(_:)`` of its input, and the gradient flows there directly.
  /// Otherwise no gradient flows where the bounds changed p.
  ///
  /// Shapes: probabilities, targets and result are the same.
  ///
  /// - Parameters:
  ///   - targets: t, the expected probabilities of yes.
  ///   - bounds: from just above 0 to just below 1, so that no logarithm is infinite.
  public func binaryCrossEntropy(_ targets: Tensor<Scalar>, within bounds: ClosedRange<Scalar>) -> Variable {
    require(targets.shape == shape, "binaryCrossEntropy: probabilities \(shape), targets \(targets.shape)")
    if let logits = logits(behind: .sigmoid) { return logits.sigmoidCrossEntropy(targets) }
    let (q, t) = (clipped(to: bounds), Variable(targets))
    return -(t * q.log() + (1 - t) * (1 - q).log())
  }

  /// ``sigmoidCrossEntropy(_:)`` of a model's output: of the logits, where the output is a sigmoid.
  package func sigmoidCrossEntropy(ofOutput targets: Tensor<Scalar>) -> Variable {
    (logits(behind: .sigmoid) ?? self).sigmoidCrossEntropy(targets)
  }

  /// The binary cross-entropy of each logit x: max(x, 0) - x t + log(1 + e^-|x|), which does not overflow.
  ///
  /// With the sigmoid σ: dx = (σ(x) - t) dl. The logits and the targets are kept.
  ///
  /// Shapes: logits, targets and result are the same.
  ///
  /// - Parameter targets: t, the expected probabilities of yes.
  public func sigmoidCrossEntropy(_ targets: Tensor<Scalar>) -> Variable {
    require(targets.shape == shape, "sigmoidCrossEntropy: logits \(shape), targets \(targets.shape)")
    let losses = value.relu() - value * targets + (-value.absolute()).softplus()
    return Variable(losses, from: (self, { [value] in $0 * (value.sigmoid() - targets) }))
  }
}
