import COpenBLAS
import Glibc

/// A type of a tensor's elements: `Float`, `Double`, `Int32`, `UInt8` or `Bool`.
public protocol TensorScalar: Hashable, Sendable, BitwiseCopyable {
  /// 0, or false.
  static var zero: Self { get }
  /// The elements as texts of equal width, for the columns of a printed tensor.
  static func aligned(_ scalars: [Self]) -> [String]
}

/// An element that is a number.
public protocol NumericScalar: TensorScalar, Numeric, Comparable {
  /// The smallest value of the type, -infinity for floating point: where a search for the maximum starts.
  static var lowest: Self { get }
  /// The largest value of the type, infinity for floating point: where a search for the minimum starts.
  static var highest: Self { get }
  /// The value as a single-precision number, rounded to nearest.
  var asFloat: Float { get }
  /// The value as a double-precision number.
  var asDouble: Double { get }
  /// `a + b`. A sum that an integer type cannot hold stops the program.
  static func checkedSum(_ a: Self, _ b: Self) -> Self
  /// `a - b`. A difference that an integer type cannot hold stops the program.
  static func checkedDifference(_ a: Self, _ b: Self) -> Self
  /// `a * b`. A product that an integer type cannot hold stops the program.
  static func checkedProduct(_ a: Self, _ b: Self) -> Self
}

/// A floating-point element: `Float` for work, `Double` for checking gradients.
public protocol FloatingScalar: NumericScalar, BinaryFloatingPoint, SIMDScalar, Codable {
  /// e to the power of `x`.
  static func exp(_ x: Self) -> Self
  /// The natural logarithm of `x`.
  static func log(_ x: Self) -> Self
  /// The hyperbolic tangent of `x`.
  static func tanh(_ x: Self) -> Self
  /// eˣ - 1, exact also near 0.
  static func expMinusOne(_ x: Self) -> Self
  /// The natural logarithm of 1 + `x`, exact also near 0.
  static func logOnePlus(_ x: Self) -> Self
  /// The error function 2 / √π ∫ e^-t² dt from 0 to `x`.
  static func erf(_ x: Self) -> Self
  /// The algorithms that are faster than the loops of all types.
  static var fastKernels: FastKernels<Self> { get }

  /// C = op(A) op(B), or C += op(A) op(B), for row-major matrices, on the calling thread only.
  ///
  /// op(A) is M×K, op(B) is K×N, C is M×N; `lda`, `ldb` and `ldc` are the distances between rows in memory. With K = 0
  /// the product is 0. Unsafe: the memory behind the addresses is not checked; use `Tensor.matmul`.
  static func unsafeGemm(
    transposeA: Bool, transposeB: Bool, m: Int, n: Int, k: Int,
    _ a: UnsafePointer<Self>, lda: Int, _ b: UnsafePointer<Self>, ldb: Int,
    _ c: UnsafeMutablePointer<Self>, ldc: Int, accumulates: Bool)
}

extension Bool: TensorScalar {
  /// False.
  public static var zero: Bool { false }
}

extension UInt8: NumericScalar {
  /// 0.
  public static var lowest: UInt8 { .min }
  /// 255.
  public static var highest: UInt8 { .max }
  /// The value as a single-precision number.
  public var asFloat: Float { Float(self) }
  /// The value as a double-precision number.
  public var asDouble: Double { Double(self) }
}

extension Int32: NumericScalar {
  /// -2³¹.
  public static var lowest: Int32 { .min }
  /// 2³¹ - 1.
  public static var highest: Int32 { .max }
  /// The value as a single-precision number.
  public var asFloat: Float { Float(self) }
  /// The value as a double-precision number.
  public var asDouble: Double { Double(self) }
}

extension Float: FloatingScalar {
  /// -infinity.
  public static var lowest: Float { -.infinity }
  /// Infinity.
  public static var highest: Float { .infinity }
  /// The value as a single-precision number.
  public var asFloat: Float { Float(self) }
  /// The value as a double-precision number.
  public var asDouble: Double { Double(self) }
  /// e to the power of `x`.
  public static func exp(_ x: Float) -> Float { Glibc.expf(x) }
  /// The natural logarithm of `x`.
  public static func log(_ x: Float) -> Float { Glibc.logf(x) }
  /// The hyperbolic tangent of `x`.
  public static func tanh(_ x: Float) -> Float { Glibc.tanhf(x) }
  /// eˣ - 1, exact also near 0.
  public static func expMinusOne(_ x: Float) -> Float { Glibc.expm1f(x) }
  /// The natural logarithm of 1 + `x`, exact also near 0.
  public static func logOnePlus(_ x: Float) -> Float { Glibc.log1pf(x) }
  /// The error function.
  public static func erf(_ x: Float) -> Float { Glibc.erff(x) }
  /// Convolutions and normalizations in vector kernels.
  public static let fastKernels = FastKernels<Float>.vectorized

  /// Kilim's own product, on the calling thread.
  public static func unsafeGemm(
    transposeA: Bool, transposeB: Bool, m: Int, n: Int, k: Int,
    _ a: UnsafePointer<Float>, lda: Int, _ b: UnsafePointer<Float>, ldb: Int,
    _ c: UnsafeMutablePointer<Float>, ldc: Int, accumulates: Bool
  ) {
    guard m > 0, n > 0 else { return }
    guard k > 0 else { return BLAS.addNothing(m: m, n: n, c, ldc: ldc, accumulates: accumulates) }
    let product = MatrixProduct(
      m: m, n: n, k: k, MatrixProduct.Factor(a, stride: lda, isTransposed: transposeA),
      MatrixProduct.Factor(b, stride: ldb, isTransposed: transposeB))
    product.store(to: c, stride: ldc, accumulates: accumulates)
  }
}

extension Double: FloatingScalar {
  /// -infinity.
  public static var lowest: Double { -.infinity }
  /// Infinity.
  public static var highest: Double { .infinity }
  /// The value as a single-precision number.
  public var asFloat: Float { Float(self) }
  /// The value as a double-precision number.
  public var asDouble: Double { Double(self) }
  /// e to the power of `x`.
  public static func exp(_ x: Double) -> Double { Glibc.exp(x) }
  /// The natural logarithm of `x`.
  public static func log(_ x: Double) -> Double { Glibc.log(x) }
  /// The hyperbolic tangent of `x`.
  public static func tanh(_ x: Double) -> Double { Glibc.tanh(x) }
  /// eˣ - 1, exact also near 0.
  public static func expMinusOne(_ x: Double) -> Double { Glibc.expm1(x) }
  /// The natural logarithm of 1 + `x`, exact also near 0.
  public static func logOnePlus(_ x: Double) -> Double { Glibc.log1p(x) }
  /// The error function.
  public static func erf(_ x: Double) -> Double { Glibc.erf(x) }
  /// None.
  public static let fastKernels = FastKernels<Double>.none

  /// BLAS `dgemm` on the calling thread.
  public static func unsafeGemm(
    transposeA: Bool, transposeB: Bool, m: Int, n: Int, k: Int,
    _ a: UnsafePointer<Double>, lda: Int, _ b: UnsafePointer<Double>, ldb: Int,
    _ c: UnsafeMutablePointer<Double>, ldc: Int, accumulates: Bool
  ) {
    guard m > 0, n > 0 else { return }
    guard k > 0 else { return BLAS.addNothing(m: m, n: n, c, ldc: ldc, accumulates: accumulates) }
    BLAS.useCallingThreadOnly
    cblas_dgemm(
      CblasRowMajor, BLAS.flag(transposeA), BLAS.flag(transposeB), BLAS.size(m), BLAS.size(n), BLAS.size(k),
      1, a, BLAS.size(lda), b, BLAS.size(ldb), accumulates ? 1 : 0, c, BLAS.size(ldc))
  }
}

/// Helpers for the calls of OpenBLAS.
private enum BLAS {
  /// Prevents OpenBLAS from starting its own threads. Kilim splits the work itself, into chunks whose number does not
  /// depend on the thread count, so that the results have the same bits on any number of threads.
  static let useCallingThreadOnly: Void = openblas_set_num_threads(1)

  /// The product of matrices with inner dimension 0. OpenBLAS does not accept the distances between their rows.
  static func addNothing<Scalar: FloatingScalar>(
    m: Int, n: Int, _ c: UnsafeMutablePointer<Scalar>, ldc: Int, accumulates: Bool
  ) {
    if !accumulates { for row in 0..<m { (c + row * ldc).update(repeating: 0, count: n) } }
  }

  static func flag(_ transpose: Bool) -> CBLAS_TRANSPOSE { transpose ? CblasTrans : CblasNoTrans }

  static func size(_ value: Int) -> blasint {
    guard let size = blasint(exactly: value) else { stop("matmul: a size exceeds OpenBLAS's limit: \(value)") }
    return size
  }
}
