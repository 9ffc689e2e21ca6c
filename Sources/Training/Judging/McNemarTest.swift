import Foundation

/// Whether two models are right equally often (McNemar 1947), by the examples on which only one of them is right.
///
/// A small p-value says that a difference like this one would be rare if both were equally good.
public struct McNemarTest: Hashable, Codable, Sendable {
  /// The number of examples on which both are right.
  public let bothRight: Int
  /// The number of examples on which only the first is right.
  public let onlyFirstRight: Int
  /// The number of examples on which only the second is right.
  public let onlySecondRight: Int
  /// The number of examples on which neither is right.
  public let neitherRight: Int

  /// Counts the answers of two models to the same examples.
  ///
  /// - Throws: ``JudgingError`` if the counts are different or 0.
  public init(first: [Bool], second: [Bool]) throws(JudgingError) {
    guard first.count == second.count else {
      throw .counts("answers of the first model", first.count, "of the second", second.count)
    }
    guard !first.isEmpty else { throw .noExamples }
    let pairs = Array(zip(first, second))
    bothRight = pairs.count { $0 && $1 }
    onlyFirstRight = pairs.count { $0 && !$1 }
    onlySecondRight = pairs.count { !$0 && $1 }
    neitherRight = pairs.count { !$0 && !$1 }
  }

  /// The number of examples on which one is right and the other wrong.
  public var discordantCount: Int { onlyFirstRight + onlySecondRight }

  /// The two-sided p-value of the binomial distribution: min(1, 2 Σ_{i ≤ min(b, c)} C(n, i) / 2ⁿ) with n = b + c.
  public var exactPValue: Double {
    let n = discordantCount
    // log of C(n, i) / 2ⁿ, from one i to the next.
    var (term, sum) = (-Double(n) * log(2), 0.0)
    for i in 0...min(onlyFirstRight, onlySecondRight) {
      sum += exp(term)
      term += log(Double(n - i) / Double(i + 1))
    }
    return min(1, 2 * sum)
  }

  /// (|b - c| - 1)² / (b + c), the statistic with Edwards's continuity correction; 0 if there is nothing to compare.
  public var chiSquared: Double {
    guard discordantCount > 0 else { return 0 }
    let difference = Double(abs(onlyFirstRight - onlySecondRight) - 1)
    return difference * difference / Double(discordantCount)
  }

  /// The p-value of ``chiSquared`` with one degree of freedom: erfc(√(χ² / 2)). For 25 discordant examples or fewer, the exact one
  /// is to be preferred.
  public var chiSquaredPValue: Double { discordantCount == 0 ? 1 : erfc((chiSquared / 2).squareRoot()) }
}
