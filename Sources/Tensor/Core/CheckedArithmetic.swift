// Sums, differences and products of two elements. Those of integers stop the program where Swift's own would trap: a
// trap prints no message in release builds.

extension FloatingScalar {
  /// `a + b`.
  @inline(__always)
  public static func checkedSum(_ a: Self, _ b: Self) -> Self { a + b }

  /// `a - b`.
  @inline(__always)
  public static func checkedDifference(_ a: Self, _ b: Self) -> Self { a - b }

  /// `a * b`.
  @inline(__always)
  public static func checkedProduct(_ a: Self, _ b: Self) -> Self { a * b }
}

extension NumericScalar where Self: FixedWidthInteger {
  /// `a + b`; stops the program where the type cannot hold it.
  @inline(__always)
  public static func checkedSum(_ a: Self, _ b: Self) -> Self {
    let (sum, overflows) = a.addingReportingOverflow(b)
    if overflows { stopOverflow(a, "+", b) }
    return sum
  }

  /// `a - b`; stops the program where the type cannot hold it.
  @inline(__always)
  public static func checkedDifference(_ a: Self, _ b: Self) -> Self {
    let (difference, overflows) = a.subtractingReportingOverflow(b)
    if overflows { stopOverflow(a, "-", b) }
    return difference
  }

  /// `a * b`; stops the program where the type cannot hold it.
  @inline(__always)
  public static func checkedProduct(_ a: Self, _ b: Self) -> Self {
    let (product, overflows) = a.multipliedReportingOverflow(by: b)
    if overflows { stopOverflow(a, "*", b) }
    return product
  }

  private static func stopOverflow(_ a: Self, _ operation: String, _ b: Self) -> Never {
    stop("\(operation): \(Self.self) cannot hold \(a) \(operation) \(b); convert the tensors with toDouble() first")
  }
}
