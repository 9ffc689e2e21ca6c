import Testing

@testable import Training

/// Spearman's rank correlation against SciPy.
struct RankCorrelationTests {
  @Test func correlationsAreThoseOfSciPy() throws {
    // scipy.stats.spearmanr([1, 2, 2, 4, 0, 7], [3, 1, 5, 5, 2, 9]).statistic
    let ties = try #require(rankCorrelation([1, 2, 2, 4, 0, 7], [3, 1, 5, 5, 2, 9]))
    #expect(abs(ties - 0.7205882352941176) < 1e-12)
    #expect(rankCorrelation([1, 2, 3], [30, 20, 10]) == -1)
    #expect(rankCorrelation([1, 1, 1], [1, 2, 3]) == nil)
  }
}
