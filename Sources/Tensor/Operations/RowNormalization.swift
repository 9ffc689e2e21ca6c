// Normalization of each example by numbers of its own: layer and group normalization, division by the root mean square and
// by the norm. The normalized axes are brought to the end, and each row of what remains is normalized by itself.

/// How a row x is normalized: y = (x - center) · factor.
package enum RowNormalization<Scalar: FloatingScalar>: Sendable {
  /// The center is the mean, the factor 1 / √(variance + ε), with the biased variance.
  case standard(epsilon: Scalar)
  /// No center; the factor is 1 / √(mean of x² + ε).
  case rootMeanSquare(epsilon: Scalar)
  /// No center; the factor is 1 / max(√Σ x², ε).
  case norm(epsilon: Scalar)

  fileprivate var isCentered: Bool {
    if case .standard = self { true } else { false }
  }

  /// The factor of a row of `length` numbers.
  ///
  /// - Parameter squares: the sum of their squared distances from the center.
  fileprivate func factor(squares: Double, length: Int) -> Scalar {
    switch self {
    case .standard(let epsilon), .rootMeanSquare(let epsilon):
      Scalar(1 / (squares / Double(length) + epsilon.asDouble).squareRoot())
    case .norm(let epsilon): Scalar(1 / Swift.max(squares.squareRoot(), epsilon.asDouble))
    }
  }

  /// By what the sum Σ gradient · y is divided; `nil` where the factor does not depend on the row.
  fileprivate func divisor(factor: Scalar, length: Int) -> Double? {
    switch self {
    case .standard, .rootMeanSquare: Double(length)
    case .norm(let epsilon): factor == Scalar(1 / epsilon.asDouble) ? nil : 1
    }
  }
}

extension Tensor where Scalar: FloatingScalar {
  /// Normalizes the rows along `axes`.
  ///
  /// - Returns: the result, of this shape, and the factor of each row in the order of the other axes.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  package func normalizingRows(
    along axes: [Int], by kind: RowNormalization<Scalar>
  ) -> (output: Tensor, factors: Tensor) {
    let rows = RowsAlongAxes(axes, of: shape)
    let source = permuted(rows.order).contiguous()
    var factors = Tensor(zeros: [rows.count])
    let output = factors.withUnsafeMutableScalars { factors in
      source.withUnsafeScalars { source in
        Tensor(unsafeUninitialized: rows.shape) { output in
          guard let source = source.baseAddress, let target = output.baseAddress, let factors = factors.baseAddress
          else { return }
          rows.forEachRow { row, start in
            let (x, y, length) = (source + start, target + start, rows.length)
            let center = kind.isCentered ? Scalar(blockSum(length) { x[$0] } / Double(length)) : 0
            let squares = blockSum(length) { (x[$0] - center) * (x[$0] - center) }
            let factor = kind.factor(squares: squares, length: length)
            factors[row] = factor
            for index in 0..<length { y[index] = (x[index] - center) * factor }
          }
        }
      }
    }
    return (output.permuted(rows.inverseOrder), factors)
  }

  /// The gradient with respect to the input of ``normalizingRows(along:by:)``, from this gradient g with respect to its
  /// output y: factor · (g - mean g - y · mean(g y)), without the first mean where there is no center.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  package func rowNormalizationGradient(
    output: Tensor, factors: Tensor, along axes: [Int], by kind: RowNormalization<Scalar>
  ) -> Tensor {
    let rows = RowsAlongAxes(axes, of: shape)
    let (gradient, output) = (permuted(rows.order).contiguous(), output.permuted(rows.order).contiguous())
    let result = gradient.withUnsafeScalars { gradient in
      output.withUnsafeScalars { output in
        factors.withUnsafeScalars { factors in
          Tensor(unsafeUninitialized: rows.shape) { result in
            guard let gradient = gradient.baseAddress, let output = output.baseAddress,
              let factors = factors.baseAddress, let target = result.baseAddress
            else { return }
            rows.forEachRow { row, start in
              let (g, y, target, length) = (gradient + start, output + start, target + start, rows.length)
              let factor = factors[row]
              guard let divisor = kind.divisor(factor: factor, length: length) else {
                for index in 0..<length { target[index] = g[index] * factor }
                return
              }
              let mean = kind.isCentered ? Scalar(blockSum(length) { g[$0] } / Double(length)) : 0
              let product = Scalar(blockSum(length) { g[$0] * y[$0] } / divisor)
              for index in 0..<length { target[index] = factor * (g[index] - mean - y[index] * product) }
            }
          }
        }
      }
    }
    return result.permuted(rows.inverseOrder)
  }
}

/// The rows that some axes of a shape span, when these are brought to the end.
private struct RowsAlongAxes {
  let order: [Int]
  let inverseOrder: [Int]
  let shape: Shape
  let count: Int
  let length: Int

  init(_ axes: [Int], of shape: Shape) {
    let inner = Set(axes.map { shape.resolve(axis: $0, in: "normalizing") })
    let outer = shape.indices.filter { !inner.contains($0) }
    order = outer + inner.sorted()
    let order = order
    inverseOrder = order.indices.sorted { order[$0] < order[$1] }
    self.shape = Shape(order.map { shape[$0] })
    count = outer.reduce(1) { $0 * shape[$1] }
    length = inner.reduce(1) { $0 * shape[$1] }
  }

  /// Runs `body` for each row with its number and the place of its first element, on several threads.
  func forEachRow(_ body: (_ row: Int, _ start: Int) -> Void) {
    guard length > 0 else { return }
    parallelFor(count: count, grain: Swift.max(16_384 / length, 1)) { range in
      for row in range { body(row, row * length) }
    }
  }
}

/// A sum of `count` terms: blocks in the precision of the terms, the sum of the blocks in double precision.
@inline(__always)
private func blockSum<Scalar: FloatingScalar>(_ count: Int, _ term: (Int) -> Scalar) -> Double {
  var total = 0.0
  var index = 0
  while index < count {
    let end = Swift.min(index + 256, count)
    var partial: (Scalar, Scalar, Scalar, Scalar) = (0, 0, 0, 0)
    while index + 4 <= end {
      partial.0 += term(index)
      partial.1 += term(index + 1)
      partial.2 += term(index + 2)
      partial.3 += term(index + 3)
      index += 4
    }
    while index < end {
      partial.0 += term(index)
      index += 1
    }
    total += ((partial.0 + partial.2) + (partial.1 + partial.3)).asDouble
  }
  return total
}
