import Data
import Testing

@Suite struct TrainTestSplitTests {
  struct Case: Decodable {
    struct Parts: Decodable {
      let train: [Int]
      let test: [Int]
    }
    let count: Int
    let test: Double?
    let train: Double?
    let testIsShare: Bool
    let trainIsShare: Bool
    let seed: UInt32
    let shuffle: Bool
    let labels: [String]?
    let expected: Parts?

    var testSize: SplitSize? { test.map { testIsShare ? .share($0) : .count(Int($0)) } }
    var trainSize: SplitSize? { train.map { trainIsShare ? .share($0) : .count(Int($0)) } }

    func split() throws(SplitError) -> (train: [Int], test: [Int]) {
      guard let labels else {
        return try trainTestSplit(
          count: count, testSize: testSize, trainSize: trainSize, shuffle: shuffle, seed: seed)
      }
      return try trainTestSplit(stratifying: labels, testSize: testSize, trainSize: trainSize, seed: seed)
    }
  }

  /// Every index where scikit-learn has it, and an error where it has one.
  @Test func splitsAsScikitLearn() throws {
    let cases = try readFixture("splits.json", as: [Case].self)
    #expect(cases.count > 140)
    for (number, expected) in cases.enumerated() {
      guard let parts = expected.expected else {
        #expect(throws: SplitError.self, "case \(number)") { try expected.split() }
        continue
      }
      let (train, test) = try expected.split()
      #expect(train == parts.train && test == parts.test, "case \(number)")
    }
  }

  @Test func saysWhatIsWrong() {
    #expect(throws: SplitError.size("test", 1.5, count: 10)) { try trainTestSplit(count: 10, testSize: 1.5) }
    #expect(throws: SplitError.size("train", 10, count: 10)) { try trainTestSplit(count: 10, trainSize: 10) }
    #expect(throws: SplitError.singleExample(classes: ["b"])) {
      try trainTestSplit(stratifying: ["a", "b", "a", "a"], testSize: 0.5)
    }
    #expect(throws: SplitError.fewerThanClasses("test", count: 1, classes: 2)) {
      try trainTestSplit(stratifying: ["a", "b", "a", "b"], testSize: 0.2)
    }
  }
}
