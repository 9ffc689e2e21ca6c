import Tensor

// Losses of quantities, element by element. Where targets are taken they are constants of the same shape.

extension Variable {
  /// The Huber loss of each error e: e² / 2 where |e| ≤ δ, δ (|e| - δ / 2) elsewhere (Huber 1964).
  ///
  /// With c the error limited to ±δ this is c (e - c / 2), and de = c dl; c is kept.
  public func huber(delta: Scalar) -> Variable {
    require(delta >= 0, "huber: delta is \(delta), at least 0 is needed")
    let limited = value.clipped(to: -delta...delta)
    return Variable(limited * (value - limited / 2), from: (self, { $0 * limited }))
  }

  /// log cosh e of each error e, computed as |e| + log(1 + e^-2|e|) - log 2, which does not overflow. de = tanh e dl; the
  /// error is kept.
  public func logCosh() -> Variable {
    let magnitude = value.absolute()
    let losses = magnitude + (magnitude * -2).softplus() - Scalar.log(2)
    return Variable(losses, from: (self, { [value] in $0 * value.tanh() }))
  }

  /// The Poisson loss p - t log (p + ε) of each prediction p of a count t. dp = (1 - t / (p + ε)) dl; p and t are kept.
  public func poissonLoss(_ targets: Tensor<Scalar>, floor epsilon: Scalar) -> Variable {
    require(targets.shape == shape, "poissonLoss: predictions \(shape), targets \(targets.shape)")
    let raised = value + epsilon
    return Variable(value - targets * raised.log(), from: (self, { $0 * (1 - targets / raised) }))
  }

  /// (log (p′ + 1) - log (t′ + 1))² of each prediction p of t, where p′ and t′ are p and t, at least ε.
  ///
  /// dp = 2 (log (p′ + 1) - log (t′ + 1)) / (p′ + 1) dl where p ≥ ε, 0 elsewhere. p′ and the difference are kept.
  public func squaredLogarithmicError(_ targets: Tensor<Scalar>, floor epsilon: Scalar) -> Variable {
    require(targets.shape == shape, "squaredLogarithmicError: predictions \(shape), targets \(targets.shape)")
    let range = epsilon...Scalar.infinity
    let raised = value.clipped(to: range) + 1
    let difference = raised.log() - (targets.clipped(to: range) + 1).log()
    return Variable(
      difference.squared(),
      from: (self, { [value] in ($0 * difference * 2 / raised).masked(by: value .>= epsilon) }))
  }

  /// The similarity Σ p̂ᵢ t̂ᵢ of vectors p and t along one axis: the cosine of the angle between them.
  ///
  /// p̂ is p / max(‖p‖, ε), and t̂ alike. With s the result, dp = (t̂ - p̂ s) / ‖p‖ ds, and t̂ / ε ds where ‖p‖ ≤ ε. Kept are
  /// p̂, t̂, s and the norms.
  ///
  /// Shapes: predictions and targets `[…, C, …]`, result without the axis of C.
  public func cosineSimilarity(
    to targets: Tensor<Scalar>, axis: Int = -1, floor epsilon: Scalar
  ) -> Variable {
    require(targets.shape == shape, "cosineSimilarity: predictions \(shape), targets \(targets.shape)")
    let axis = shape.resolve(axis: axis, in: "cosineSimilarity")
    func norms(of vectors: Tensor<Scalar>) -> Tensor<Scalar> {
      vectors.squared().sum([axis], keepingAxes: true).squareRoot().clipped(to: epsilon...Scalar.infinity)
    }
    let lengths = norms(of: value)
    let (vectors, target) = (value / lengths, targets / norms(of: targets))
    let similarity = (vectors * target).sum([axis], keepingAxes: true)
    return Variable(
      similarity.reshaped(to: shape.removing(axis)),
      from: (
        self,
        { gradient in
          let along = similarity.masked(by: lengths .> epsilon)
          return (target - vectors * along) * (gradient.expandingShape(at: axis) / lengths)
        }
      ))
  }
}

extension Shape {
  /// The shape without one axis.
  fileprivate func removing(_ axis: Int) -> Shape { Shape(indices.filter { $0 != axis }.map { self[$0] }) }
}
