import Foundation

/// Whether the errors of two models are equally large (Wilcoxon 1945, "Individual comparisons by ranking methods"): the signed-rank
/// test on the differences of the errors of each example. Demšar (2006, "Statistical comparisons of classifiers over multiple data
/// sets") recommends it for two models, since it assumes no distribution of the errors, and outliers count by their rank alone.
///
/// A small p-value says that a difference like this one would be rare if both were equally good.
public struct WilcoxonTest: Hashable, Sendable {
  /// The number of examples on which the first has the smaller error.
  public let firstCloser: Int
  /// The number of examples on which the second has the smaller error.
  public let secondCloser: Int
  /// The number of examples with equal errors, which the test leaves out.
  public let equal: Int
  /// The sum of the ranks of the differences, by their size from 1, of those examples on which the first has the smaller error.
  /// Equal sizes share the mean of their ranks.
  public let firstRankSum: Double
  /// The sum of the ranks of the examples on which the second has the smaller error.
  public let secondRankSum: Double
  /// Σ (t³ - t) over the groups of t differences of the same size; 0 without such groups.
  private let ties: Double

  /// The number of examples up to which ``pValue`` is exact.
  private static let exactLimit = 50

  /// Ranks the errors of two models on the same examples.
  ///
  /// - Parameters:
  ///   - first: the errors of the first model, for example the distances of its answers to the true numbers.
  ///   - second: those of the second model.
  /// - Throws: ``JudgingError`` if the counts are different or 0, or an error is not finite.
  public init(first: [Double], second: [Double]) throws(JudgingError) {
    guard first.count == second.count else {
      throw .counts("errors of the first model", first.count, "of the second", second.count)
    }
    guard !first.isEmpty else { throw .noExamples }
    if let wrong = (first + second).first(where: { !$0.isFinite }) {
      throw .option("the error of an example", found: "\(wrong)", expected: "a finite number")
    }
    let differences = zip(first, second).map { $0 - $1 }.filter { $0 != 0 }.sorted { abs($0) < abs($1) }
    var (firstSum, secondSum, ties) = (0.0, 0.0, 0.0)
    var start = 0
    while start < differences.count {
      let size = abs(differences[start])
      let end = differences[start...].firstIndex { abs($0) != size } ?? differences.count
      let group = Double(end - start)
      let rank = Double(start) + (group + 1) / 2
      for difference in differences[start..<end] {
        if difference < 0 { firstSum += rank } else { secondSum += rank }
      }
      ties += group * group * group - group
      start = end
    }
    (firstRankSum, secondRankSum, self.ties) = (firstSum, secondSum, ties)
    firstCloser = differences.count { $0 < 0 }
    secondCloser = differences.count - firstCloser
    equal = first.count - differences.count
  }

  /// The smaller one of the two sums of ranks.
  public var statistic: Double { min(firstRankSum, secondRankSum) }

  /// Whether ``pValue`` is exact: up to 50 different errors, and no two differences have the same size.
  public var isExact: Bool { firstCloser + secondCloser <= Self.exactLimit && ties == 0 }

  /// The two-sided p-value, as SciPy's `wilcoxon` with `method="exact"` or, for many examples or differences of the same size,
  /// `method="asymptotic"`; 1 if there is nothing to compare.
  public var pValue: Double {
    let count = firstCloser + secondCloser
    guard count > 0 else { return 1 }
    return isExact ? exactPValue(count) : normalPValue(count)
  }

  /// min(1, 2 P(T ≤ t)), where all 2ⁿ choices of signs are equally likely: the number of subsets of 1, 2, …, n with a sum of at
  /// most t is counted.
  private func exactPValue(_ count: Int) -> Double {
    let limit = Int(statistic)
    var subsets = [1.0] + [Double](repeating: 0, count: limit)
    for rank in 1...count {
      for sum in stride(from: limit, through: rank, by: -1) { subsets[sum] += subsets[sum - rank] }
    }
    return min(1, 2 * subsets.reduce(0, +) / pow(2, Double(count)))
  }

  /// The p-value of the normal distribution with the mean and the variance of T: n (n + 1) / 4, and
  /// (n (n + 1) (2n + 1) - Σ (t³ - t) / 2) / 24.
  private func normalPValue(_ count: Int) -> Double {
    let n = Double(count)
    let variance = (n * (n + 1) * (2 * n + 1) - ties / 2) / 24
    let distance = abs(statistic - n * (n + 1) / 4) / variance.squareRoot()
    return erfc(distance / 2.0.squareRoot())
  }
}
