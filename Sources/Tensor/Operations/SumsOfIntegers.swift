// Sums and means of integers and of truth values. As in NumPy, sums have a wider type than small elements, and means
// are floating-point numbers.

extension Tensor where Scalar: NumericScalar & FixedWidthInteger {
  /// The sum over the given axes, or over all of them, of type `Int32`; 0 where there are no elements.
  ///
  /// A sum that `Int32` cannot hold stops the program; `toDouble().sum()` can hold it.
  ///
  /// - Parameters:
  ///   - axes: which axes to sum over; negative ones count from the end. All when left out.
  ///   - keepingAxes: whether the summed axes stay, with length 1.
  @specialized(where Scalar == Int32)
  @specialized(where Scalar == UInt8)
  public func sum(_ axes: [Int]? = nil, keepingAxes: Bool = false) -> Tensor<Int32> {
    wholeSum(axes, keepingAxes) { Int(truncatingIfNeeded: $0) }
  }

  /// The mean over the given axes, or over all of them, of type `Double`; NaN where there are no elements.
  @specialized(where Scalar == Int32)
  @specialized(where Scalar == UInt8)
  public func mean(_ axes: [Int]? = nil, keepingAxes: Bool = false) -> Tensor<Double> {
    wholeMean(axes, keepingAxes) { Int(truncatingIfNeeded: $0) }
  }

  /// The biased variance E[(x - E[x])²] over the given axes, or over all of them, of type `Double`; NaN where there are
  /// no elements.
  public func variance(_ axes: [Int]? = nil, keepingAxes: Bool = false) -> Tensor<Double> {
    toDouble().variance(axes, keepingAxes: keepingAxes)
  }
}

extension Tensor where Scalar == Bool {
  /// The number of true elements over the given axes, or over all of them.
  ///
  /// - Parameters:
  ///   - axes: which axes to count over; negative ones count from the end. All when left out.
  ///   - keepingAxes: whether the counted axes stay, with length 1.
  public func sum(_ axes: [Int]? = nil, keepingAxes: Bool = false) -> Tensor<Int32> {
    wholeSum(axes, keepingAxes) { $0 ? 1 : 0 }
  }

  /// The share of true elements over the given axes, or over all of them; NaN where there are no elements.
  public func mean(_ axes: [Int]? = nil, keepingAxes: Bool = false) -> Tensor<Double> {
    wholeMean(axes, keepingAxes) { $0 ? 1 : 0 }
  }
}

extension Tensor {
  @inline(__always)
  private func wholeSum(_ axes: [Int]?, _ keepingAxes: Bool, _ value: (Scalar) -> Int) -> Tensor<Int32> {
    reduced(axes, keepingAxes, "sum") { pointer, count in
      let total = total(pointer, count, value)
      guard let sum = Int32(exactly: total) else { stop("sum: Int32 cannot hold \(total); toDouble().sum() can") }
      return sum
    }
  }

  @inline(__always)
  private func wholeMean(_ axes: [Int]?, _ keepingAxes: Bool, _ value: (Scalar) -> Int) -> Tensor<Double> {
    reduced(axes, keepingAxes, "mean") { Double(total($0, $1, value)) / Double($1) }
  }

  /// The sum of 2³² numbers of 32 bits fits into `Int`.
  @inline(__always)
  private func total(_ pointer: UnsafePointer<Scalar>, _ count: Int, _ value: (Scalar) -> Int) -> Int {
    var total = 0
    for index in 0..<count { total &+= value(pointer[index]) }
    return total
  }
}
