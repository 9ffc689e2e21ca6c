import Tensor

extension Variable {
  /// x / (1 + |x|) of each element. d = dx / (1 + |x|)². The input is kept.
  public func softsign() -> Variable {
    Variable(value.softsign(), from: (self, { [value] in $0.softsignGradient(input: value) }))
  }

  /// (x + √(x² + b)) / 2 of each element (Barron 2021). d = (1 + x / √(x² + b)) / 2 dx. The input is kept.
  public func squareplus(b: Scalar = 4) -> Variable {
    Variable(value.squareplus(b: b), from: (self, { [value] in $0.squareplusGradient(input: value, b: b) }))
  }
}
