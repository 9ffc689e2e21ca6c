import Foundation
import Tensor
import TestSupport
import Testing

struct MatrixProductTests {
  /// Every size from 1 to 70 on every side, and sizes of several blocks.
  static let sizes =
    (1...70).flatMap { [[$0, $0, $0], [$0, 71 - $0, $0 * 29 % 71]] } + [
      [300, 290, 1_100], [33, 600, 513], [129, 257, 40], [1, 700, 1_500], [260, 5, 1_030], [700, 32, 600], [64, 64, 1],
    ]

  @Test func equalsTheDefinition() {
    for size in Self.sizes { checkProducts(size) }
  }

  /// The kernels of the other instruction sets. The set is chosen once in a process.
  @Test func avx2KernelsEqualTheDefinition() async {
    await #expect(processExitsWith: .success) { checkKernels(named: "avx2") }
  }

  @Test func portableKernelsEqualTheDefinition() async {
    await #expect(processExitsWith: .success) { checkKernels(named: "portable") }
  }

  /// A NaN or an infinity reaches its row or column, all that the definition says and nothing else.
  @Test(arguments: [Float.nan, .infinity, -.infinity]) func spoilsOnlyWhatReadsIt(value: Float) {
    for size in [[37, 45, 50], [9, 33, 600], [40, 70, 17]] {
      for (transposeA, transposeB) in transposes {
        var a = Operand(rows: size[0], columns: size[2], isTransposed: transposeA, seed: 1)
        var b = Operand(rows: size[2], columns: size[1], isTransposed: transposeB, seed: 2)
        a[size[0] - 1, 3] = value
        b[size[2] - 1, size[1] - 2] = value
        let expected = naiveProduct(a, b)
        for way in MatrixProduct.Way.allCases {
          guard let found = product(a, b, initial: nil, way: way) else { continue }
          let agrees = zip(found, expected).allSatisfy { $0 == $1 || $0.isNaN && $1.isNaN }
          #expect(agrees, "\(way), \(size), transposed \(transposeA), \(transposeB)")
        }
      }
    }
  }

  /// Products of sizes that are cut along rows, along columns, along both, and not at all.
  @Test(arguments: [
    [300, 200, 250], [40, 3_000, 100], [3_000, 40, 100], [32, 32, 4_000], [1, 2_000, 900], [60, 60, 60],
  ])
  func bitsDoNotDependOnTheNumberOfThreads(size: [Int]) {
    let (a, b): (Tensor<Float>, Tensor<Float>) = (sample([size[0], size[2]]), sample([size[1], size[2]], seed: 2))
    let results = resultsOnEveryThreadCount { a.matmul(b.transposed()).scalars }
    #expect(results.allSatisfy { $0 == results[0] })
  }

  /// What `matmul` makes of products large enough to be cut and to be copied.
  @Test(arguments: [[300, 290, 600], [1_100, 33, 64], [20, 1_500, 300], [1, 1_200, 1_000], [130, 17, 600]])
  func matmulEqualsTheDefinition(size: [Int]) {
    let a: Tensor<Float> = dyadicSample([size[0], size[2]])
    let b: Tensor<Float> = dyadicSample([size[2], size[1]], seed: 2)
    let expected = naiveMatmul(a, b)
    let (aColumns, bColumns) = (a.transposed().contiguous().transposed(), b.transposed().contiguous().transposed())
    for x in [a, aColumns] {
      for y in [b, bColumns] { #expect(x.matmul(y) == expected) }
    }
  }

  @Test func emptySums() {
    var result: [Float] = [1, 2]
    Float.unsafeGemm(
      transposeA: false, transposeB: false, m: 1, n: 2, k: 0, [0], lda: 1, [0], ldb: 2, &result, ldc: 2,
      accumulates: true)
    #expect(result == [1, 2])
    Float.unsafeGemm(
      transposeA: false, transposeB: false, m: 1, n: 2, k: 0, [0], lda: 1, [0], ldb: 2, &result, ldc: 2,
      accumulates: false)
    #expect(result == [0, 0])
  }
}

private let transposes = [(false, false), (true, false), (false, true), (true, true)]

/// Runs all sizes under a set of kernels; stops where a product differs.
private func checkKernels(named name: String) {
  useKernels(named: name)
  for size in MatrixProductTests.sizes { checkProducts(size) }
}

/// Multiplies under all transposes, writing and adding; stops where a product differs from the definition. The numbers
/// are dyadic, so that it is equal whatever the order of its sums.
private func checkProducts(_ size: [Int]) {
  let (m, n, k) = (size[0], size[1], size[2])
  for (transposeA, transposeB) in transposes {
    let a = Operand(rows: m, columns: k, isTransposed: transposeA, seed: 1)
    let b = Operand(rows: k, columns: n, isTransposed: transposeB, seed: 2)
    let expected = naiveProduct(a, b)
    for way in MatrixProduct.Way.allCases {
      for initial: Float? in [nil, 3] {
        guard let found = product(a, b, initial: initial, way: way) else { continue }
        require(
          found == expected.map { $0 + (initial ?? 0) },
          "\(Kernels.instructionSet), \(way), \(size), transposed \(transposeA), \(transposeB), "
            + "added to \(initial ?? 0)")
      }
    }
  }
}

/// A matrix with gaps between its lines, which hold NaN, as does what lies behind it.
private struct Operand {
  let rows, columns, stride: Int
  let isTransposed: Bool
  private(set) var elements: [Float]

  init(rows: Int, columns: Int, isTransposed: Bool, seed: UInt64) {
    (self.rows, self.columns, self.isTransposed) = (rows, columns, isTransposed)
    stride = (isTransposed ? rows : columns) + 3
    elements = Array(repeating: .nan, count: stride * (isTransposed ? columns : rows))
    let values = (dyadicSample([rows, columns], seed: seed) as Tensor<Float>).scalars
    for row in 0..<rows {
      for column in 0..<columns { self[row, column] = values[row * columns + column] }
    }
  }

  subscript(row: Int, column: Int) -> Float {
    get { elements[isTransposed ? column * stride + row : row * stride + column] }
    set { elements[isTransposed ? column * stride + row : row * stride + column] = newValue }
  }
}

/// The product of two operands, added to `initial` where there is one; nothing if they do not allow this way. Stops where
/// a gap of C was written to.
private func product(_ a: Operand, _ b: Operand, initial: Float?, way: MatrixProduct.Way) -> [Float]? {
  let (m, n, stride, gap) = (a.rows, b.columns, b.columns + 5, Float(-77))
  var c = Array(repeating: gap, count: m * stride)
  for row in 0..<m {
    for column in 0..<n { c[row * stride + column] = initial ?? .nan }
  }
  let isComputed = a.elements.withUnsafeBufferPointer { left in
    b.elements.withUnsafeBufferPointer { right in
      c.withUnsafeMutableBufferPointer { result in
        guard let left = left.baseAddress, let right = right.baseAddress, let result = result.baseAddress else {
          return false
        }
        let product = MatrixProduct(
          m: m, n: n, k: a.columns, MatrixProduct.Factor(left, stride: a.stride, isTransposed: a.isTransposed),
          MatrixProduct.Factor(right, stride: b.stride, isTransposed: b.isTransposed))
        guard product.allows(way) else { return false }
        product.store(to: result, stride: stride, accumulates: initial != nil, way: way)
        return true
      }
    }
  }
  guard isComputed else { return nil }
  return (0..<m).flatMap { row in
    require(c[(row * stride + n)..<((row + 1) * stride)].allSatisfy { $0 == gap }, "a gap was written to")
    return c[(row * stride)..<(row * stride + n)]
  }
}

/// The same by the definition, summed up in `Double`.
private func naiveProduct(_ a: Operand, _ b: Operand) -> [Float] {
  (0..<a.rows).flatMap { row in
    var sums = Array(repeating: 0.0, count: b.columns)
    for k in 0..<a.columns {
      let x = Double(a[row, k])
      for column in 0..<b.columns { sums[column] += x * Double(b[k, column]) }
    }
    return sums.map { Float($0) }
  }
}
