import Data
import Testing

/// A seeded split by class that keeps copies together and takes classes of any size.
@Suite struct StratifiedSplitTests {
  private func counts(_ examples: [Int], _ labels: [Int]) -> [Int] {
    examples.reduce(into: [Int](repeating: 0, count: (labels.max() ?? 0) + 1)) { $0[labels[$1]] += 1 }
  }

  @Test(arguments: 0..<20 as Range<UInt64>)
  func holdsOutExactlyAsManyAsAskedForByClass(seed: UInt64) {
    let labels = [Int](repeating: 0, count: 12) + [Int](repeating: 1, count: 12) + [Int](repeating: 2, count: 12)
    let (kept, heldOut) = stratifiedSplit(labels: labels, heldOut: 12, seed: seed)
    #expect(counts(heldOut, labels) == [4, 4, 4])
    #expect((kept + heldOut).sorted() == Array(labels.indices))
    #expect(kept == kept.sorted() && heldOut == heldOut.sorted())
    #expect(stratifiedSplit(labels: labels, heldOut: 12, seed: seed).heldOut == heldOut)
    #expect(counts(stratifiedSplit(labels: labels, heldOut: 13, seed: seed).heldOut, labels).sorted() == [4, 4, 5])
  }

  @Test func seedsDiffer() {
    let labels = (0..<40).map { $0 % 2 }
    let first = stratifiedSplit(labels: labels, heldOut: 10, seed: 0).heldOut
    #expect((1..<5).allSatisfy { stratifiedSplit(labels: labels, heldOut: 10, seed: $0).heldOut != first })
  }

  /// A class of one example is kept; one of two is on both sides although its exact share of one part is below 1.
  @Test(arguments: 0..<20 as Range<UInt64>)
  func takesSmallClasses(seed: UInt64) {
    let labels = [Int](repeating: 0, count: 50) + [1] + [2, 2]
    let (kept, heldOut) = stratifiedSplit(labels: labels, heldOut: 10, seed: seed)
    #expect(counts(heldOut, labels) == [9, 0, 1])
    #expect(counts(kept, labels) == [41, 1, 1])
  }

  @Test(arguments: 0..<20 as Range<UInt64>)
  func keepsCopiesOnOneSide(seed: UInt64) {
    // As after sampling with repetition: 30 of class 0, and 6 of class 1 five times each.
    let labels = [Int](repeating: 0, count: 30) + [Int](repeating: 1, count: 30)
    let groups = Array(0..<30) + (0..<30).map { 30 + $0 % 6 }
    let (kept, heldOut) = stratifiedSplit(labels: labels, groups: groups, heldOut: 20, seed: seed)
    #expect(Set(kept.map { groups[$0] }).isDisjoint(with: heldOut.map { groups[$0] }))
    #expect(heldOut.count == 20 && counts(heldOut, labels) == [10, 10])
    let odd = stratifiedSplit(labels: labels, groups: groups, heldOut: 23, seed: seed)
    #expect(odd.heldOut.count == 23 && counts(odd.heldOut, labels)[1] == 10)
  }

  @Test func takesExtremes() {
    #expect(stratifiedSplit(labels: [], heldOut: 0, seed: 1).kept.isEmpty)
    #expect(stratifiedSplit(labels: [0, 1, 2], heldOut: 0, seed: 1).kept == [0, 1, 2])
    #expect(stratifiedSplit(labels: [0, 1, 2], heldOut: 3, seed: 1).heldOut == [0, 1, 2])
    #expect(stratifiedSplit(labels: [0, 1, 2], heldOut: 2, seed: 1).heldOut.count == 2)
    #expect(stratifiedSplit(labels: [5, -1, 5, -1], heldOut: 3, seed: 1).heldOut.count == 3)
    // One group is too large for the number, and is all there is.
    let (kept, heldOut) = stratifiedSplit(labels: [0, 0, 0, 1, 1], groups: [7, 7, 7, 8, 8], heldOut: 1, seed: 1)
    #expect(kept == [0, 1, 2] && heldOut == [3, 4])
  }
}
