import Data
import Testing

@Suite struct FoldsTests {
  struct Case: Decodable {
    let count: Int
    let folds: Int
    let seed: UInt32?
    let labels: [String]
    let groups: [Int]
    let plain, stratified, grouped: [[Int]]?
  }

  /// Each fold tests what scikit-learn's tests, and trains on the rest; an error where scikit-learn has one.
  @Test func areThoseOfScikitLearn() throws {
    for (number, expected) in try readFixture("folds.json", as: [Case].self).enumerated() {
      func check(_ tests: [[Int]]?, count: Int, _ split: () throws -> [Fold]) throws {
        guard let tests else {
          #expect(throws: SplitError.self, "case \(number)") { try split() }
          return
        }
        let found = try split()
        #expect(found.map(\.test) == tests, "case \(number)")
        #expect(found.allSatisfy { ($0.train + $0.test).sorted() == Array(0..<count) }, "case \(number)")
      }
      try check(expected.plain, count: expected.count) {
        try folds(count: expected.count, folds: expected.folds, seed: expected.seed)
      }
      try check(expected.stratified, count: expected.count) {
        try folds(stratifying: expected.labels, folds: expected.folds, seed: expected.seed)
      }
      try check(expected.grouped, count: expected.groups.count) {
        try folds(keepingTogether: expected.groups, folds: expected.folds)
      }
    }
  }

  /// scikit-learn's order of many groups of one size depends on the processor. Kilim takes the last of them first.
  @Test func groupsOfOneSizeAreInAFixedOrder() throws {
    let groups = (0..<200).map { $0 % 100 }
    for (number, fold) in try folds(keepingTogether: groups, folds: 5).enumerated() {
      #expect(fold.test == (0..<200).filter { (99 - groups[$0]) % 5 == number })
    }
  }

  @Test func errorsSayWhatIsPossible() {
    #expect(throws: SplitError.folds(1, count: 9)) { try folds(count: 9, folds: 1) }
    #expect(SplitError.folds(5, count: 3).description == "split: found 5 folds, expected from 2 to 3")
  }
}
