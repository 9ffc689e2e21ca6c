import CKernels

extension Tensor where Scalar: FloatingScalar {
  /// e to the power of each element.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func exp() -> Tensor {
    if let result = Scalar.fastKernels.function(self, KILIM_EXP, 0) { return result }
    return mapped { $0.each { Scalar.exp($0) } }
  }

  /// The natural logarithm of each element.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func log() -> Tensor {
    if let result = Scalar.fastKernels.function(self, KILIM_LOG, 0) { return result }
    return mapped { $0.each { Scalar.log($0) } }
  }

  /// The square root of each element.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func squareRoot() -> Tensor {
    mapped { $0.each { $0.squareRoot() } }
  }

  /// The hyperbolic tangent of each element.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func tanh() -> Tensor {
    if let result = Scalar.fastKernels.function(self, KILIM_TANH, 0) { return result }
    return mapped { $0.each { Scalar.tanh($0) } }
  }

  /// The magnitude of each element.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func absolute() -> Tensor {
    mapped { $0.each { Swift.abs($0) } }
  }

  /// The square of each element.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func squared() -> Tensor {
    mapped { $0.each { $0 * $0 } }
  }

  /// max(x, 0) of each element; NaN stays NaN.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func relu() -> Tensor {
    mapped { $0.each { $0 < 0 ? 0 : $0 } }
  }

  /// max(a + b, 0) of each pair of elements, in one pass; NaN stays NaN. Shapes broadcast.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  package func addedReLU(_ other: Tensor) -> Tensor {
    Tensor.combined(self, other, "addedReLU") {
      $0.each { a, b in
        let sum = a + b
        return sum < 0 ? 0 : sum
      }
    }
  }

  /// x where positive, slope · x elsewhere; NaN stays NaN.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func leakyReLU(slope: Scalar) -> Tensor {
    mapped { $0.each { $0 > 0 ? $0 : $0 * slope } }
  }

  /// The elements of this tensor where `input` is positive, and slope times the elements elsewhere: the gradient of
  /// leaky ReLU with respect to its input.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func scaled(byPositive input: Tensor, slope: Scalar) -> Tensor {
    Tensor.combined(self, input, "scaled") { $0.each { $1 > 0 ? $0 : $0 * slope } }
  }

  /// The logistic function 1 / (1 + e⁻ˣ) of each element, without overflow for large numbers.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func sigmoid() -> Tensor {
    if let result = Scalar.fastKernels.function(self, KILIM_SIGMOID, 0) { return result }
    return mapped {
      $0.each {
        let e = Scalar.exp(-Swift.abs($0))
        return $0 < 0 ? e / (1 + e) : 1 / (1 + e)
      }
    }
  }

  /// The elements where `output` is positive, 0 elsewhere: the gradient of ReLU, from its output.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func masked(byPositive output: Tensor) -> Tensor {
    if let result = Scalar.fastKernels.functionGradient(self, KILIM_RELU, output, 0) { return result }
    return Tensor.combined(self, output, "masked") { $0.each { $1 > 0 ? $0 : 0 } }
  }

  /// The elements times `scale` where `mask` is true, 0 elsewhere: dropout. Stops if the mask has another shape than
  /// the tensor.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func masked(by mask: Tensor<Bool>, scale: Scalar = 1) -> Tensor {
    require(mask.shape == shape, "masked: the mask has shape \(mask.shape), the tensor \(shape)")
    let source = dense()
    let mask = mask.laidOut(as: source.layout)
    defer { extendLifetime((source, mask)) }
    let (elements, kept) = (source.elements, mask.elements)
    return Tensor(unsafeUninitialized: source.layout) { target in
      parallelFor(count: count, grain: 32_768) { range in
        // The product is computed before the choice, so that the compiler selects a value instead of branching.
        for index in range {
          let scaled = elements[index] * scale
          target[index] = kept[index] ? scaled : 0
        }
      }
    }
  }
}
