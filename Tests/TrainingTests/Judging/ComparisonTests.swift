import Foundation
import Testing

@testable import Training

/// Tests and intervals against SciPy, NumPy and statsmodels.
struct ComparisonTests {
  @Test func mcNemarsTestIsThatOfStatsmodels() throws {
    for pair in try JudgingFixture.load().pairs {
      let kinds = [(true, true), (true, false), (false, true), (false, false)]
      let answers = zip(pair.counts, kinds).flatMap { Array(repeating: $1, count: $0) }
      let test = try McNemarTest(first: answers.map(\.0), second: answers.map(\.1))
      #expect([test.bothRight, test.onlyFirstRight, test.onlySecondRight, test.neitherRight] == pair.counts)
      // The logarithms of up to 120 terms are rounded by 1e-14 each.
      #expect(abs(test.exactPValue - pair.exact) < 1e-11, "\(pair.counts)")
      #expect(agree([test.chiSquared, test.chiSquaredPValue], [pair.statistic, pair.corrected]), "\(pair.counts)")
    }
    #expect(throws: JudgingError.noExamples) { try McNemarTest(first: [], second: []) }
    #expect(throws: JudgingError.self) { try McNemarTest(first: [true], second: []) }
  }

  @Test func bootstrapIntervalsAreThoseOfSciPy() throws {
    let reference = try JudgingFixture.load().bootstrap
    func mean(_ sample: [Int]) -> Double { sample.reduce(0) { $0 + reference.values[$1] } / Double(sample.count) }
    let given = try Bootstrap().interval(samples: reference.indices, of: mean)
    #expect(agree([given.lower, given.upper], reference.interval))
    // An end of the interval over B resamples has the standard error √(q (1 - q) / B) / density: with q = 0.025, B = 4,000 and
    // means with a deviation of 0.2, about 0.009. Five of them.
    let drawn = try Bootstrap(resamples: 4000, seed: 3).interval(examples: reference.values.count, of: mean)
    #expect(zip([drawn.lower, drawn.upper], reference.whole).allSatisfy { abs($0 - $1) < 0.045 }, "\(drawn)")
    #expect(try Bootstrap(resamples: 1).interval(examples: 1) { Double($0[0]) }.upper == 0)
  }

  @Test func wrongOptionsAreErrors() throws {
    #expect(throws: JudgingError.self) { try Bootstrap(resamples: 0) }
    #expect(throws: JudgingError.self) { try Bootstrap(level: 1) }
    #expect(throws: JudgingError.noExamples) { try Bootstrap().interval(examples: 0) { _ in 0 } }
    #expect(throws: JudgingError.self) { try Bootstrap().interval(examples: 2) { _ in .nan } }
  }

  /// The whole analysis holds the parts, and becomes JSON also where figures are not defined.
  @Test func theAnalysisIsJSON() throws {
    for (name, reference) in try JudgingFixture.load().cases {
      let scores = try reference.scores()
      let analysis = try ClassificationAnalysis(scores, bootstrap: Bootstrap(resamples: 50))
      let interval = analysis.accuracyInterval
      #expect(interval.lower <= analysis.accuracy && analysis.accuracy <= interval.upper, "\(name)")
      #expect(agree([analysis.macroAverage.rocAUC], [reference.macroAUC]), "\(name)")
      let object = try JSONSerialization.jsonObject(with: JSONEncoder().encode(analysis)) as? [String: Any]
      #expect((object?["classes"] as? [Any])?.count == reference.classCount && object?["calibration"] != nil, "\(name)")
      #expect(analysis.description.contains("ROC AUC"))
    }
  }
}
