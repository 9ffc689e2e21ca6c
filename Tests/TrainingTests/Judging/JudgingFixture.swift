import Foundation
import Testing
import Training

/// What scikit-learn, SciPy and statsmodels computed; see `Fixtures/make_judging.py`.
struct JudgingFixture: Decodable {
  struct Case: Decodable {
    struct Ranking: Decodable {
      let auc: Double?
      let precision: Double
      let threshold, f1: Double?
    }

    struct Curves: Decodable {
      let falsePositives, truePositives, rocThresholds, precision, recall, thresholds: [Double]
    }

    let labels: [Int]
    let probabilities: [Double]
    let classCount: Int
    let rankings: [Ranking]
    let curves: [Curves]
    let macroAUC, weightedAUC: Double?
    let macroPrecision, weightedPrecision: Double
    let topK: [Double]
    let shares: [String: [[Double]]]
    let binShares, binMeans: [Double]
    let calibrationError: Double

    func scores() throws -> ClassScores {
      try ClassScores(probabilities: probabilities, labels: labels, classes: (0..<classCount).map { "class \($0)" })
    }
  }

  struct Pair: Decodable {
    let counts: [Int]
    let exact, statistic, corrected: Double
  }

  struct Resampling: Decodable {
    let values: [Double]
    let indices: [[Int]]
    let interval, whole: [Double]
  }

  let cases: [String: Case]
  let pairs: [Pair]
  let bootstrap: Resampling

  static func load() throws -> JudgingFixture {
    let url = try #require(
      Bundle.module.url(forResource: "judging", withExtension: "json", subdirectory: "Fixtures"))
    return try JSONDecoder().decode(JudgingFixture.self, from: Data(contentsOf: url))
  }
}

/// Whether two lists agree up to the rounding of sums of a few hundred terms.
func agree(_ found: [Double?], _ expected: [Double?]) -> Bool {
  found.count == expected.count
    && zip(found, expected).allSatisfy { pair in
      guard let found = pair.0, let expected = pair.1 else { return pair.0 == nil && pair.1 == nil }
      return abs(found - expected) < 1e-12
    }
}
