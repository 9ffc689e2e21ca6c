import Foundation
import Tensor
import TestSupport
import Testing

struct RandomGeneratorTests {
  @Test func aSeedGivesOneStream() {
    var (a, b, c, d) = (
      RandomGenerator(seed: 5), RandomGenerator(seed: 5), RandomGenerator(seed: 6), RandomGenerator(seed: 5, stream: 1)
    )
    let numbers = (0..<100).map { _ in a.next() }
    #expect(numbers == (0..<100).map { _ in b.next() })
    #expect(numbers != (0..<100).map { _ in c.next() })
    #expect(numbers != (0..<100).map { _ in d.next() })
    #expect(Set(numbers).count == 100)
  }

  /// The first numbers of seed 0 are the words of the known answer of Philox for a counter of 0, low word first.
  @Test func theStreamIsThatOfPhilox() {
    var generator = RandomGenerator(seed: 0)
    #expect(generator.next() == 0xe169_c58d_6627_e8d5)
    #expect(generator.next() == 0x9b00_dbd8_bc57_ac4c)
  }

  @Test func copiesGoOnByThemselves() {
    var a = RandomGenerator(seed: 1)
    _ = a.next()
    var b = a
    #expect(a.next() == b.next())
    _ = a.next()
    #expect(a != b)
  }

  @Test func resumesWhereItWasSaved() throws {
    var generator = RandomGenerator(seed: .max, stream: 3)
    _ = generator.next()
    _ = Tensor<Float>(uniform: [7], using: &generator)
    var resumed = try JSONDecoder().decode(RandomGenerator.self, from: JSONEncoder().encode(generator))
    #expect(resumed == generator)
    #expect(Tensor<Float>(normal: [9], using: &resumed) == Tensor(normal: [9], using: &generator))
    #expect(resumed.next() == generator.next())
  }

  @Test func uniformNumbersStayInsideTheirRange() {
    var generator = RandomGenerator(seed: 2)
    let numbers = (0..<10_000).map { _ in generator.uniform(in: -3..<5) }
    #expect(numbers.allSatisfy { (-3..<5).contains($0) })
    // The mean of 10,000 numbers of variance 64/12 has a deviation of 0.023.
    #expect(abs(numbers.reduce(0, +) / 10_000 - 1) < 0.1)
    // So near to 1 that half of the numbers round up to the end.
    let last = 1 + Double.ulpOfOne
    #expect((0..<100).allSatisfy { _ in generator.uniform(in: 1..<last) < last })
  }

  @Test func wholeNumbersAreEquallyFrequent() {
    var generator = RandomGenerator(seed: 3)
    var counts = [Int](repeating: 0, count: 7)
    for _ in 0..<70_000 { counts[generator.integer(below: 7)] += 1 }
    // Binomial with a deviation of 93: six of them.
    #expect(counts.allSatisfy { abs($0 - 10_000) < 560 })
    #expect(generator.integer(below: 1) == 0)
    #expect((0..<100).allSatisfy { _ in (0..<Int.max).contains(generator.integer(below: .max)) })
  }

  @Test(arguments: [0, 1, 2, 10, 1_000]) func permutes(count: Int) {
    var generator = RandomGenerator(seed: 4)
    let (first, second) = (generator.permutation(of: count), generator.permutation(of: count))
    #expect(first.sorted() == Array(0..<count))
    #expect(second.sorted() == Array(0..<count))
    if count == 1_000 { #expect(first != second) }
  }

  @Test func allPermutationsAreEquallyFrequent() {
    var generator = RandomGenerator(seed: 5)
    var counts: [[Int]: Int] = [:]
    for _ in 0..<24_000 { counts[generator.permutation(of: 4), default: 0] += 1 }
    #expect(counts.count == 24)
    // Binomial with a deviation of 31: six of them.
    #expect(counts.values.allSatisfy { abs($0 - 1_000) < 186 })
  }

  @Test func stopsAtAnEmptyRange() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      var generator = RandomGenerator(seed: 1)
      _ = generator.integer(below: 0)
    }
    expectMessage("integer(below:): the bound is 0, at least 1 is needed", in: result)
  }
}
