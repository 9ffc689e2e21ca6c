import Tensor

extension Variable {
  /// The elements along one axis divided by their length: y = x / max(√Σ x², ε).
  ///
  /// With length l above ε: dx = (dy - y Σ y dy) / l, otherwise dx = dy / ε. The result and the length are kept.
  ///
  /// - Parameters:
  ///   - axis: the axis that the squares are summed over.
  ///   - epsilon: ε, the smallest divisor; 10⁻⁷ as in Keras.
  public func l2Normalized(axis: Int, epsilon: Scalar = 1e-7) -> Variable {
    let axis = shape.resolve(axis: axis, in: "l2Normalized")
    let length = value.squared().sum([axis], keepingAxes: true).squareRoot()
    let divisor = length.clipped(to: epsilon...Scalar.infinity)
    let result = value / divisor
    return Variable(
      result,
      from: (
        self,
        { gradient in
          let along = (result * gradient).sum([axis], keepingAxes: true).replacing(with: 0, where: length .< epsilon)
          return (gradient - result * along) / divisor
        }
      ))
  }
}
