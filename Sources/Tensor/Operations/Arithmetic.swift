// Arithmetic between tensors that broadcast to one shape by NumPy's rule, and between a tensor and a number.
// A result that an integer type cannot hold stops the program with a message; it does not wrap around.

extension Tensor where Scalar: NumericScalar {
  /// The element-wise sum. A sum that an integer type cannot hold stops the program.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Int32)
  @specialized(where Scalar == UInt8)
  public static func + (a: Tensor, b: Tensor) -> Tensor {
    combined(a, b, "+") { $0.each { Scalar.checkedSum($0, $1) } }
  }

  /// The sum of every element and `b`.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Int32)
  @specialized(where Scalar == UInt8)
  public static func + (a: Tensor, b: Scalar) -> Tensor {
    a.mapped { $0.each { Scalar.checkedSum($0, b) } }
  }

  /// The sum of `a` and every element.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Int32)
  @specialized(where Scalar == UInt8)
  public static func + (a: Scalar, b: Tensor) -> Tensor {
    b.mapped { $0.each { Scalar.checkedSum(a, $0) } }
  }

  /// The element-wise difference. One that an integer type cannot hold stops the program.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Int32)
  @specialized(where Scalar == UInt8)
  public static func - (a: Tensor, b: Tensor) -> Tensor {
    combined(a, b, "-") { $0.each { Scalar.checkedDifference($0, $1) } }
  }

  /// The difference of every element and `b`.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Int32)
  @specialized(where Scalar == UInt8)
  public static func - (a: Tensor, b: Scalar) -> Tensor {
    a.mapped { $0.each { Scalar.checkedDifference($0, b) } }
  }

  /// The difference of `a` and every element.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Int32)
  @specialized(where Scalar == UInt8)
  public static func - (a: Scalar, b: Tensor) -> Tensor {
    b.mapped { $0.each { Scalar.checkedDifference(a, $0) } }
  }

  /// The element-wise product. One that an integer type cannot hold stops the program.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Int32)
  @specialized(where Scalar == UInt8)
  public static func * (a: Tensor, b: Tensor) -> Tensor {
    combined(a, b, "*") { $0.each { Scalar.checkedProduct($0, $1) } }
  }

  /// The product of every element and `b`.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Int32)
  @specialized(where Scalar == UInt8)
  public static func * (a: Tensor, b: Scalar) -> Tensor {
    a.mapped { $0.each { Scalar.checkedProduct($0, b) } }
  }

  /// The product of `a` and every element.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Int32)
  @specialized(where Scalar == UInt8)
  public static func * (a: Scalar, b: Tensor) -> Tensor {
    b.mapped { $0.each { Scalar.checkedProduct(a, $0) } }
  }

  /// The larger of each pair of elements; NaN where either is NaN.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Int32)
  @specialized(where Scalar == UInt8)
  public static func maximum(_ a: Tensor, _ b: Tensor) -> Tensor {
    combined(a, b, "maximum") { $0.each { $0 < $1 || $1 != $1 ? $1 : $0 } }
  }

  /// The smaller of each pair of elements; NaN where either is NaN.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Int32)
  @specialized(where Scalar == UInt8)
  public static func minimum(_ a: Tensor, _ b: Tensor) -> Tensor {
    combined(a, b, "minimum") { $0.each { $1 < $0 || $1 != $1 ? $1 : $0 } }
  }

  /// Every element, limited to the range; NaN stays NaN.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Int32)
  @specialized(where Scalar == UInt8)
  public func clipped(to range: ClosedRange<Scalar>) -> Tensor {
    let (low, high) = (range.lowerBound, range.upperBound)
    return mapped { $0.each { $0 < low ? low : $0 > high ? high : $0 } }
  }

  /// Adds `b`, which must broadcast to the shape of `a`; otherwise the program stops. In place where no other tensor has the
  /// memory of `a`, and `b` is repeated or has the same order in memory.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Int32)
  @specialized(where Scalar == UInt8)
  public static func += (a: inout Tensor, b: Tensor) {
    let b = b.broadcast(to: a.shape)
    let isInStep = b.layout.isInStep(with: a.layout)
    guard a.layout.isDense, isInStep || b.layout.sharesElements, isKnownUniquelyReferenced(&a.storage) else {
      a = a + b
      return
    }
    if isInStep {
      let (x, y) = (a.elements, b.elements)
      parallelFor(count: a.count, grain: 32_768) { range in
        for index in range { x[index] = Scalar.checkedSum(x[index], y[index]) }
      }
    } else if a.count > 0 {
      let (x, y) = (a.storage.pointer, b.storage.pointer)
      let order = a.layout.axesByFallingStride
      let rows = StridedRows(a.layout.permuted(order), b.layout.permuted(order))
      let (length, step) = (rows.inner.length, rows.inner.b)
      rows.forEachRow { _, first, second in
        let (x, y) = (x + first, y + second)
        if step == 1 {
          for index in 0..<length { x[index] = Scalar.checkedSum(x[index], y[index]) }
        } else {
          for index in 0..<length { x[index] = Scalar.checkedSum(x[index], y[index * step]) }
        }
      }
    }
    extendLifetime((a, b))
  }
}

extension Tensor where Scalar: FloatingScalar {
  /// The element-wise quotient.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public static func / (a: Tensor, b: Tensor) -> Tensor {
    combined(a, b, "/") { $0.each { $0 / $1 } }
  }

  /// The quotient of every element and `b`.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public static func / (a: Tensor, b: Scalar) -> Tensor {
    a.mapped { $0.each { $0 / b } }
  }

  /// The quotient of `a` and every element.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public static func / (a: Scalar, b: Tensor) -> Tensor {
    b.mapped { $0.each { a / $0 } }
  }

  /// Every element with the other sign.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public static prefix func - (a: Tensor) -> Tensor {
    a.mapped { $0.each { -$0 } }
  }
}
