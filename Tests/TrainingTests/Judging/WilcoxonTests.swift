import Foundation
import Tensor
import TestSupport
import Testing
import Training

/// The signed-rank test, also against SciPy, which runs beside the test.
struct WilcoxonTests {
  private struct Case: Encodable {
    let first, second: [Double]
    let statistic, pValue: Double
    let isExact: Bool

    /// Errors with so many steps between 0 and 1 that some differences have the same size.
    init(seed: UInt64, count: Int, steps: Double?) throws {
      var random = RandomGenerator(seed: seed)
      func errors(_ factor: Double) -> [Double] {
        (0..<count).map { _ in
          let value = factor * random.uniform()
          return steps.map { (value * $0).rounded() / $0 } ?? value
        }
      }
      (first, second) = (errors(1), errors(0.8))
      let test = try WilcoxonTest(first: first, second: second)
      (statistic, pValue, isExact) = (test.statistic, test.pValue, test.isExact)
    }
  }

  /// The differences are 1, -2, 3 and 4 beside a pair of equal errors: of the 16 choices of signs, those of { }, { 1 } and { 2 } have
  /// a sum of ranks of at most 2.
  @Test func countsTheChoicesOfSigns() throws {
    let test = try WilcoxonTest(first: [2, 1, 4, 5, 7], second: [1, 3, 1, 1, 7])
    #expect((test.firstCloser, test.secondCloser, test.equal) == (1, 3, 1))
    #expect((test.firstRankSum, test.secondRankSum, test.statistic) == (2, 8, 2))
    #expect(test.isExact && test.pValue == 2 * 3 / 16)
    let same = try WilcoxonTest(first: [1, 2], second: [1, 2])
    #expect(same.pValue == 1 && same.equal == 2)
    // Differences of one size share the mean of their ranks.
    let tied = try WilcoxonTest(first: [2, 1, 4], second: [1, 2, 1])
    #expect((tied.firstRankSum, tied.secondRankSum) == (1.5, 4.5) && !tied.isExact)
  }

  @Test func whatCannotBeComparedIsAnError() {
    #expect(throws: JudgingError.noExamples) { try WilcoxonTest(first: [], second: []) }
    #expect(throws: JudgingError.self) { try WilcoxonTest(first: [1], second: []) }
    #expect(throws: JudgingError.self) { try WilcoxonTest(first: [1, .nan], second: [1, 2]) }
  }

  @Test(.enabled(if: PythonEnvironment.has("scipy"), Comment(rawValue: "SciPy: \(PythonEnvironment.absence)")))
  func theTestIsThatOfSciPy() throws {
    let folder = try TemporaryFolder()
    let counts = [3, 8, 20, 50, 51, 200]
    let cases: [Case] = try (0..<30).map { index in
      try Case(
        seed: UInt64(500 + index), count: counts[index % counts.count], steps: index % 5 == 0 ? 10 : nil)
    }
    #expect(Set(cases.map(\.isExact)).count == 2)
    try JSONEncoder().encode(cases).write(to: folder.url.appending(path: "cases.json"))
    let script = Bundle.module.bundleURL.appending(path: "Fixtures/check_wilcoxon.py").path
    let run = try PythonEnvironment.run(script, [folder.path("cases.json")])
    #expect(run.succeeded && run.output.contains("all agree"), "\(run.output)")
  }
}
