import Tensor

// Losses of scores and distributions beside cross-entropy. Targets are constants of the same shape.

extension Variable {
  /// The hinge loss max(1 - t p, 0) of each score p, with targets t of -1 and 1.
  ///
  /// dp = -t dl where the loss is positive, 0 elsewhere. The targets and the result are kept.
  public func hinge(_ targets: Tensor<Scalar>) -> Variable {
    require(targets.shape == shape, "hinge: scores \(shape), targets \(targets.shape)")
    let losses = (1 - targets * value).relu()
    return Variable(losses, from: (self, { -($0 * targets).masked(byPositive: losses) }))
  }

  /// The terms t′ log (t′ / q) of the divergence of Kullback and Leibler, where q is p and t′ is t, clipped to bounds.
  ///
  /// dp = -t′ / q dl where the bounds did not change p, 0 elsewhere. t′, q and p are kept.
  public func divergence(from targets: Tensor<Scalar>, within bounds: ClosedRange<Scalar>) -> Variable {
    require(targets.shape == shape, "divergence: predictions \(shape), targets \(targets.shape)")
    let (shares, expected) = (value.clipped(to: bounds), targets.clipped(to: bounds))
    return Variable(
      expected * (expected / shares).log(),
      from: (self, { [value] in -($0 * expected / shares).masked(by: value .== shares) }))
  }

  /// The focal cross-entropy -Σ tᵢ (1 - qᵢ)^γ log qᵢ along one axis of probabilities p, where q is p / Σ p, clipped to
  /// bounds (Lin et al. 2017). Classes that are predicted well count less; γ = 0 gives the cross-entropy.
  ///
  /// Where p is a softmax along the same axis, the result is computed from its input and not clipped, and the gradient
  /// flows there directly.
  ///
  /// With s = p / Σ p and gᵢ = tᵢ (γ (1 - qᵢ)^(γ - 1) log qᵢ - (1 - qᵢ)^γ / qᵢ) where the bounds did not change s, 0
  /// elsewhere: dpᵢ = (gᵢ - Σ g s) dl / Σ p. From the logits x: dxᵢ = (gᵢ sᵢ - sᵢ Σ g s) dl. Kept are s, q, t and Σ p.
  ///
  /// Shapes: probabilities and targets `[…, C, …]`, result without the axis of C.
  public func focalCrossEntropy(
    _ targets: Tensor<Scalar>, gamma: Scalar, axis: Int = -1, within bounds: ClosedRange<Scalar>
  ) -> Variable {
    require(targets.shape == shape, "focalCrossEntropy: probabilities \(shape), targets \(targets.shape)")
    let axis = shape.resolve(axis: axis, in: "focalCrossEntropy")
    if let logits = logits(behind: .softmax(axis: axis)) {
      return logits.focalSoftmaxCrossEntropy(targets, gamma: gamma, axis: axis)
    }
    let total = value.sum([axis], keepingAxes: true)
    let shares = value / total
    let clipped = shares.clipped(to: bounds)
    let missing = 1 - clipped
    return Variable(
      -(targets * missing.power(gamma) * clipped.log()).sum([axis]),
      from: (
        self,
        { gradient in
          let slopes = (targets * (missing.powerSlope(gamma) * clipped.log() - missing.power(gamma) / clipped))
            .masked(by: shares .== clipped)
          let mean = (slopes * shares).sum([axis], keepingAxes: true)
          return (slopes - mean) * (gradient.expandingShape(at: axis) / total)
        }
      ))
  }

  /// ``focalCrossEntropy(_:gamma:axis:within:)`` of the softmax of this variable.
  private func focalSoftmaxCrossEntropy(_ targets: Tensor<Scalar>, gamma: Scalar, axis: Int) -> Variable {
    let logShares = value.logSoftmax(axis: axis)
    let shares = logShares.exp()
    let missing = 1 - shares
    // A class with target 0 adds nothing, also with an infinite logit.
    let isExpected = targets .!= 0
    return Variable(
      -(targets * missing.power(gamma) * logShares).masked(by: isExpected).sum([axis]),
      from: (
        self,
        { gradient in
          let slopes = (targets * (missing.powerSlope(gamma) * shares * logShares - missing.power(gamma)))
            .masked(by: isExpected)
          return (slopes - shares * slopes.sum([axis], keepingAxes: true)) * gradient.expandingShape(at: axis)
        }
      ))
  }

  /// The focal cross-entropy -(1 - r)^γ (t log q + (1 - t) log (1 - q)) of each probability p of yes, where q is p clipped to
  /// bounds and r = t p + (1 - t) (1 - p) the probability of the truth (Lin et al. 2017).
  ///
  /// Where p is a sigmoid, the result is computed from its input and not clipped, and the gradient flows there directly.
  ///
  /// With c the cross-entropy: dp = (γ (1 - r)^(γ - 1) (1 - 2t) c + (1 - r)^γ dc/dp) dl. Kept are p, q, t and c.
  ///
  /// Shapes: probabilities, targets and result are the same.
  public func binaryFocalCrossEntropy(
    _ targets: Tensor<Scalar>, gamma: Scalar, within bounds: ClosedRange<Scalar>
  ) -> Variable {
    require(targets.shape == shape, "binaryFocalCrossEntropy: probabilities \(shape), targets \(targets.shape)")
    if let logits = logits(behind: .sigmoid) { return logits.focalSigmoidCrossEntropy(targets, gamma: gamma) }
    let clipped = value.clipped(to: bounds)
    let entropy = -(targets * clipped.log() + (1 - targets) * (1 - clipped).log())
    return focal(
      entropy, missing: targets * (1 - value) + (1 - targets) * value, targets, gamma: gamma,
      entropySlope: { [value] in
        ((1 - targets) / (1 - clipped) - targets / clipped).masked(by: value .== clipped)
      }, probabilitySlope: { nil })
  }

  /// ``binaryFocalCrossEntropy(_:gamma:within:)`` of the sigmoid of this variable.
  private func focalSigmoidCrossEntropy(_ targets: Tensor<Scalar>, gamma: Scalar) -> Variable {
    let (yes, no) = (value.sigmoid(), (-value).sigmoid())
    let entropy = value.relu() - value * targets + (-value.absolute()).softplus()
    return focal(
      entropy, missing: targets * no + (1 - targets) * yes, targets, gamma: gamma,
      entropySlope: { yes - targets }, probabilitySlope: { yes * no })
  }

  /// - Parameters:
  ///   - entropy: c.
  ///   - missing: 1 - r.
  ///   - entropySlope: the derivative of c by this variable.
  ///   - probabilitySlope: that of p; `nil` for 1.
  private func focal(
    _ entropy: Tensor<Scalar>, missing: Tensor<Scalar>, _ targets: Tensor<Scalar>, gamma: Scalar,
    entropySlope: @escaping () -> Tensor<Scalar>, probabilitySlope: @escaping () -> Tensor<Scalar>?
  ) -> Variable {
    let factor = missing.power(gamma)
    return Variable(
      factor * entropy,
      from: (
        self,
        { gradient in
          let away = missing.powerSlope(gamma) * (1 - targets * 2) * entropy
          return gradient * ((probabilitySlope().map { away * $0 } ?? away) + factor * entropySlope())
        }
      ))
  }
}

extension Tensor where Scalar: FloatingScalar {
  /// Each element, at least the smallest normal number, to the power of `exponent`.
  fileprivate func power(_ exponent: Scalar) -> Tensor {
    if exponent == 0 { return Tensor(ones: shape) }
    if exponent == 1 { return self }
    if exponent == 2 { return squared() }
    return (clipped(to: Scalar.leastNormalMagnitude...Scalar.infinity).log() * exponent).exp()
  }

  /// The derivative of ``power(_:)``; 0 for the exponent 0.
  fileprivate func powerSlope(_ exponent: Scalar) -> Tensor {
    exponent == 0 ? Tensor(zeros: shape) : power(exponent - 1) * exponent
  }
}
