import Tensor

extension Variable {
  /// e to the power of each element. d eˣ = eˣ dx; the result is kept.
  public func exp() -> Variable {
    let result = value.exp()
    return Variable(result, from: (self, { $0 * result }))
  }

  /// The natural logarithm of each element. d log x = dx / x; the input is kept.
  public func log() -> Variable {
    Variable(value.log(), from: (self, { [value] in $0 / value }))
  }

  /// The square root of each element. d √x = dx / 2√x; the result is kept.
  public func squareRoot() -> Variable {
    let result = value.squareRoot()
    return Variable(result, from: (self, { $0 / (result * 2) }))
  }

  /// Each element times itself. d x² = 2x dx; the input is kept.
  public func squared() -> Variable {
    Variable(value.squared(), from: (self, { [value] in $0 * value * 2 }))
  }

  /// The magnitude of each element. d |x| = sign(x) dx, 0 at 0; the input is kept.
  public func absolute() -> Variable {
    Variable(
      value.absolute(),
      from: (self, { [value] in $0.masked(byPositive: value) - $0.masked(byPositive: -value) }))
  }

  /// The hyperbolic tangent of each element. d tanh x = (1 - tanh² x) dx; the result is kept.
  public func tanh() -> Variable {
    let result = value.tanh()
    return Variable(result, from: (self, { $0.tanhGradient(output: result) }))
  }

  /// The logistic function 1 / (1 + e⁻ˣ) of each element. dσ = σ (1 - σ) dx; the result is kept.
  ///
  /// ``binaryCrossEntropy(_:within:)`` of the result is computed from this variable, the logits.
  public func sigmoid() -> Variable {
    let result = value.sigmoid()
    return Variable(result, from: (self, { $0.sigmoidGradient(output: result) })).with(logits(of: .sigmoid))
  }

  /// max(x, 0) of each element. The gradient passes where the result is positive, so not at 0;
  /// the result is kept.
  public func relu() -> Variable {
    let result = value.relu()
    return Variable(result, from: (self, { $0.masked(byPositive: result) }))
  }

  /// max(a + b, 0) of each pair of elements, in one pass; shapes broadcast. The gradient of both passes where the result is
  /// positive; the result is kept.
  package func addedReLU(_ other: Variable) -> Variable {
    let result = value.addedReLU(other.value)
    return Variable(result, from: [self, other]) { gradient in
      let passed = gradient.masked(byPositive: result)
      return [passed, passed]
    }
  }

  /// x of each element where positive, slope · x elsewhere. The gradient is multiplied by `slope` where the input is not
  /// positive, also at 0, as in TensorFlow and PyTorch; the input is kept.
  public func leakyReLU(slope: Scalar) -> Variable {
    Variable(value.leakyReLU(slope: slope), from: (self, { [value] in $0.scaled(byPositive: value, slope: slope) }))
  }

  /// Each element limited to the range. The gradient passes where the element is within the range, bounds included; the
  /// input is kept.
  public func clipped(to range: ClosedRange<Scalar>) -> Variable {
    Variable(
      value.clipped(to: range),
      from: (
        self,
        { [value] in
          $0.replacing(with: 0, where: value .< range.lowerBound)
            .replacing(with: 0, where: value .> range.upperBound)
        }
      ))
  }

  /// Where `mask` is true the elements times `scale`, elsewhere 0. The gradient is masked in the same way; the mask is kept.
  public func masked(by mask: Tensor<Bool>, scale: Scalar = 1) -> Variable {
    Variable(value.masked(by: mask, scale: scale), from: (self, { $0.masked(by: mask, scale: scale) }))
  }

  /// e^xᵢ / Σⱼ e^xⱼ along one axis. With result s: dx = s · (ds - Σ s ds); the result is kept.
  ///
  /// ``crossEntropy(_:axis:within:)`` of the result along the same axis is computed from this variable, the logits.
  public func softmax(axis: Int = -1) -> Variable {
    let axis = shape.resolve(axis: axis, in: "softmax")
    let result = value.softmax(axis: axis)
    return Variable(result, from: (self, { result * ($0 - ($0 * result).sum([axis], keepingAxes: true)) }))
      .with(logits(of: .softmax(axis: axis)))
  }

  /// xᵢ - log Σⱼ e^xⱼ along one axis. With result l: dx = dl - eˡ Σ dl; the result is kept.
  public func logSoftmax(axis: Int = -1) -> Variable {
    let result = value.logSoftmax(axis: axis)
    return Variable(
      result, from: (self, { $0 - result.exp() * $0.sum([axis], keepingAxes: true) }))
  }
}
