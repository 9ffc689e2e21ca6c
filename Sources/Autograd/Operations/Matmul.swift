import Tensor

extension Variable {
  /// The matrix product, of single matrices or of batches whose leading axes broadcast.
  ///
  /// With y = a b: da = dy bᵀ, db = aᵀ dy; both inputs are kept.
  public func matmul(_ other: Variable) -> Variable {
    Variable(
      value.matmul(other.value),
      from: (self, { [b = other.value] in $0.matmul(b.transposed()) }),
      (other, { [a = value] in a.transposed().matmul($0) }))
  }
}
