import Tensor

/// Limits gradients that are too large, as Keras's `clipvalue`, `clipnorm` and `global_clipnorm`.
public enum GradientClipping: Hashable, Sendable {
  /// Clips every element to -c...c.
  case value(Double)
  /// Scales the gradient of a parameter down to the Euclidean norm c where its norm is larger.
  case norm(Double)
  /// Scales all gradients by one factor, so that the norm of all their elements together is at most c.
  case globalNorm(Double)

  /// The largest value or norm allowed.
  public var bound: Double {
    switch self {
    case .value(let bound), .norm(let bound), .globalNorm(let bound): bound
    }
  }

  /// How clipping changes each gradient of one step.
  func limits(for gradients: [Tensor<Float>]) -> [GradientLimit] {
    switch self {
    case .value(let bound):
      return gradients.map { _ in GradientLimit(bound: Float(bound)) }
    case .norm(let bound):
      return gradients.map { GradientLimit(scale: Float(bound / max($0.squaredNorm().squareRoot(), bound))) }
    case .globalNorm(let bound):
      let norm = gradients.reduce(0) { $0 + $1.squaredNorm() }.squareRoot()
      // An infinite norm has no direction: NaN shows it, where 0 would hide it.
      let scale = norm.isFinite ? Float(bound / max(norm, bound)) : .nan
      return gradients.map { _ in GradientLimit(scale: scale) }
    }
  }
}

/// What clipping does to one gradient: the same for all of its elements.
@usableFromInline
struct GradientLimit {
  @usableFromInline var scale: Float = 1
  @usableFromInline var bound: Float = .infinity

  /// An element scaled and brought into the bounds. NaN stays NaN.
  @inlinable
  func applied(to gradient: Float) -> Float {
    min(max(gradient * scale, -bound), bound)
  }
}

extension Tensor<Float> {
  /// The sum of the squares of all elements, in double precision, in chunks that depend on the count alone.
  fileprivate func squaredNorm() -> Double {
    let chunkLength = 16_384
    var sums = [Double](repeating: 0, count: (count + chunkLength - 1) / chunkLength)
    withUnsafeScalars { elements in
      sums.withUnsafeMutableBufferPointer { sums in
        parallelFor(chunks: sums.count) { chunk in
          let range = chunk * chunkLength..<Swift.min((chunk + 1) * chunkLength, elements.count)
          sums[chunk] = range.reduce(0) { $0 + Double(elements[$1]) * Double(elements[$1]) }
        }
      }
    }
    return sums.reduce(0, +)
  }
}
