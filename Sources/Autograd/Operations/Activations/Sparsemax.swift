import Tensor

extension Variable {
  /// The probabilities nearest to the elements along one axis, many of them 0 (Martins and Astudillo 2016).
  ///
  /// With result s, where sᵢ > 0: dxᵢ = dsᵢ - the mean of ds over those places; 0 elsewhere. The result is kept.
  public func sparsemax(axis: Int = -1) -> Variable {
    let axis = shape.resolve(axis: axis, in: "sparsemax")
    let result = value.sparsemax(axis: axis)
    return Variable(
      result,
      from: (
        self,
        { gradient in
          let passing = gradient.masked(byPositive: result)
          let count = Tensor(ones: result.shape).masked(byPositive: result).sum([axis], keepingAxes: true)
          return (gradient - passing.sum([axis], keepingAxes: true) / count).masked(byPositive: result)
        }
      ))
  }
}
