import Data
import Testing

@Suite struct ClassBalanceTests {
  private struct Weights: Decodable {
    let counts: [Int]
    let weights: [Double]
  }

  @Test func weighsClassesAsScikitLearn() throws {
    for expected in try readFixture("class-weights.json", as: [Weights].self) {
      let images = try PhotoFolder(["a": 9, "b": 9, "c": 9, "d": 9]).read().images
      let chosen = expected.counts.enumerated().flatMap { label, count in (0..<count).map { 9 * label + $0 } }
      let weights = try images.selecting(chosen).classWeights
      // Classes without a photo make the others scarcer: scikit-learn does not know them.
      let share = Float(expected.counts.count) / 4
      for (found, expected) in zip(weights, expected.weights) {
        #expect(abs(found - share * Float(expected)) <= 1e-6)
      }
      #expect(weights.dropFirst(expected.counts.count).allSatisfy { $0 == 0 })
    }
  }

  @Test func balancesBySamplingSmallClassesMoreOften() throws {
    let images = try PhotoFolder(["a": 7, "b": 3, "c": 1]).read().images
    let balanced = try images.balanced(seed: 4)
    #expect(balanced.counts == [7, 7, 7])
    let times = Dictionary(grouping: balanced.paths) { $0 }.mapValues(\.count)
    #expect(Set(times.keys) == Set(images.paths))
    #expect(images.paths.prefix(7).allSatisfy { times[$0] == 1 })
    #expect(images.paths[7..<10].compactMap { times[$0] }.sorted() == [2, 2, 3])
    #expect(times[images.paths[10]] == 7)
    #expect(try images.balanced(seed: 4).paths == balanced.paths)
    #expect(try (0..<20).contains { try images.balanced(seed: $0).paths != balanced.paths })
    #expect(try balanced.balanced().paths == balanced.paths)
  }

  /// Copies are different examples to the augmentation.
  @Test func changesCopiesDifferently() throws {
    let images = try PhotoFolder(["a": 2, "b": 1]).read().images.balanced()
    #expect(images.paths[2] == images.paths[3])
    let changes = EpochChanges(Augmentation(brightness: 0.5), seed: 1, epoch: 0)
    let batch = try images.batch([2, 3], changedBy: changes)
    #expect(batch.inputs.select(0) != batch.inputs.select(1))
  }
}
