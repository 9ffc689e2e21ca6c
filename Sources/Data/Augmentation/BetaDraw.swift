import Glibc
import Tensor

extension RandomGenerator {
  /// A number of the Beta distribution with both parameters `alpha`, above 0: from 0 to 1 with a mean of ½ and the variance
  /// 1 / (4 (2 α + 1)).
  mutating func beta(_ alpha: Double) -> Double {
    let (first, second) = (logGamma(alpha), logGamma(alpha))
    // By their logarithms: for a small α, both may be too small for a Double.
    let quotient = exp(second - first)
    return quotient.isNaN ? 1 : 1 / (1 + quotient)
  }

  /// The logarithm of a number of the Gamma distribution (Marsaglia and Tsang 2000, "A simple method for generating gamma
  /// variables"; their section 6 for shapes below 1).
  private mutating func logGamma(_ shape: Double) -> Double {
    guard shape >= 1 else {
      let power = log(max(uniform(), .leastNormalMagnitude)) / shape
      return logGamma(shape + 1) + power
    }
    let d = shape - 1.0 / 3
    let c = 1 / (9 * d).squareRoot()
    while true {
      // Box and Muller (1958).
      let radius = (-2 * log(1 - uniform())).squareRoot()
      let x = radius * cos(2 * .pi * uniform())
      let root = 1 + c * x
      let v = root * root * root
      guard v > 0 else { continue }
      let u = max(uniform(), .leastNormalMagnitude)
      if log(u) < x * x / 2 + d - d * v + d * log(v) { return log(d * v) }
    }
  }
}
