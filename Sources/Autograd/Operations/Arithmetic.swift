import Tensor

extension Variable {
  /// The element-wise sum; shapes broadcast.
  public static func + (a: Variable, b: Variable) -> Variable {
    Variable(a.value + b.value, from: (a, { $0 }), (b, { $0 }))
  }

  /// The element-wise difference; shapes broadcast.
  public static func - (a: Variable, b: Variable) -> Variable {
    Variable(a.value - b.value, from: (a, { $0 }), (b, { -$0 }))
  }

  /// The element-wise product; shapes broadcast.
  public static func * (a: Variable, b: Variable) -> Variable {
    Variable(
      a.value * b.value,
      from: (a, { [b = b.value] in $0 * b }), (b, { [a = a.value] in $0 * a }))
  }

  /// The element-wise quotient; shapes broadcast.
  public static func / (a: Variable, b: Variable) -> Variable {
    let quotient = a.value / b.value
    return Variable(
      quotient,
      from: (a, { [b = b.value] in $0 / b }), (b, { [b = b.value] in -($0 * quotient / b) }))
  }

  /// Every element negated.
  public static prefix func - (a: Variable) -> Variable {
    Variable(-a.value, from: (a, { -$0 }))
  }

  /// The sum of every element and `b`.
  public static func + (a: Variable, b: Scalar) -> Variable {
    Variable(a.value + b, from: (a, { $0 }))
  }

  /// The sum of `a` and every element.
  public static func + (a: Scalar, b: Variable) -> Variable {
    b + a
  }

  /// The difference of every element and `b`.
  public static func - (a: Variable, b: Scalar) -> Variable {
    Variable(a.value - b, from: (a, { $0 }))
  }

  /// The difference of `a` and every element.
  public static func - (a: Scalar, b: Variable) -> Variable {
    Variable(a - b.value, from: (b, { -$0 }))
  }

  /// The product of every element and `b`.
  public static func * (a: Variable, b: Scalar) -> Variable {
    Variable(a.value * b, from: (a, { $0 * b }))
  }

  /// The product of `a` and every element.
  public static func * (a: Scalar, b: Variable) -> Variable {
    b * a
  }

  /// The quotient of every element and `b`.
  public static func / (a: Variable, b: Scalar) -> Variable {
    Variable(a.value / b, from: (a, { $0 / b }))
  }

  /// The quotient of `a` and every element.
  public static func / (a: Scalar, b: Variable) -> Variable {
    let quotient = a / b.value
    return Variable(quotient, from: (b, { [b = b.value] in -($0 * quotient / b) }))
  }

  /// The larger of each pair of elements; on ties the gradient goes to `a`.
  public static func maximum(_ a: Variable, _ b: Variable) -> Variable {
    choosing(Tensor.maximum(a.value, b.value), a, b, takesSecond: a.value .< b.value)
  }

  /// The smaller of each pair of elements; on ties the gradient goes to `a`.
  public static func minimum(_ a: Variable, _ b: Variable) -> Variable {
    choosing(Tensor.minimum(a.value, b.value), a, b, takesSecond: a.value .> b.value)
  }

  private static func choosing(
    _ value: Tensor<Scalar>, _ a: Variable, _ b: Variable, takesSecond: Tensor<Bool>
  ) -> Variable {
    Variable(
      value,
      from: (a, { $0.replacing(with: 0, where: takesSecond) }), (b, { $0.masked(by: takesSecond) }))
  }
}
