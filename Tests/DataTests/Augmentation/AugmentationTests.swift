import Data
import Tensor
import Testing

@Suite struct AugmentationTests {
  static let image: Tensor<Float> = {
    var generator = RandomGenerator(seed: 1)
    return Tensor(uniform: [3, 6, 8], in: 0.2..<0.4, using: &generator)
  }()

  @Test func withoutRangesNothingChanges() {
    var generator = RandomGenerator(seed: 2)
    #expect(Augmentation()(Self.image, using: &generator) == Self.image)
  }

  @Test func flipsHalfOfTheImages() {
    var generator = RandomGenerator(seed: 3)
    let mirrored = Tensor<Float>(
      shape: [3, 6, 8],
      scalars: (0..<18).flatMap { row in (0..<8).map { Self.image.scalars[8 * row + 7 - $0] } })
    let results = (0..<200).map { _ in Augmentation(horizontalFlip: true)(Self.image, using: &generator) }
    let flipped = results.count { $0 == mirrored }
    #expect(results.count { $0 == Self.image } == 200 - flipped)
    // Four standard deviations of a fair coin thrown 200 times.
    #expect((72...128).contains(flipped))
  }

  /// Brightness scales; contrast leaves the mean and scales the distances from it.
  @Test func lightChangesByTheFormula() {
    let scalars = Self.image.scalars
    let mean = scalars.reduce(0, +) / Float(scalars.count)
    var generator = RandomGenerator(seed: 4)
    for _ in 0..<50 {
      let brighter = Augmentation(brightness: 0.5)(Self.image, using: &generator).scalars
      let factor = brighter[0] / scalars[0]
      #expect(factor >= 0.5 && factor <= 1.5)
      #expect(zip(brighter, scalars).allSatisfy { abs($0 - factor * $1) < 1e-6 })

      let starker = Augmentation(contrast: 0.5)(Self.image, using: &generator).scalars
      let stretch = (starker[0] - mean) / (scalars[0] - mean)
      #expect(stretch > 0.49 && stretch < 1.51)
      #expect(zip(starker, scalars).allSatisfy { abs($0 - (mean + stretch * ($1 - mean))) < 1e-5 })
    }
  }

  @Test func staysBetweenZeroAndOne() {
    var generator = RandomGenerator(seed: 5)
    let harsh = Augmentation(brightness: 5, contrast: 5)
    for _ in 0..<50 {
      #expect(harsh(Self.image, using: &generator).scalars.allSatisfy { $0 >= 0 && $0 <= 1 })
    }
  }

  @Test func movesWithinItsRanges() {
    var generator = RandomGenerator(seed: 6)
    var dot = Tensor<Float>(zeros: [1, 21, 21])
    dot[0, 10, 10] = 1
    for _ in 0..<50 {
      let moved = Augmentation(shift: 0.2)(dot, using: &generator).scalars
      let rows = moved.indices.filter { moved[$0] > 0 }.map { $0 / 21 }
      #expect(rows.allSatisfy { (5...15).contains($0) } && !rows.isEmpty)
    }
  }

  @Test func theSameGeneratorGivesTheSameImage() {
    var (first, second) = (RandomGenerator(seed: 7), RandomGenerator(seed: 7))
    let a = Augmentation.standard(Self.image, using: &first)
    #expect(a == Augmentation.standard(Self.image, using: &second))
    #expect(a != Augmentation.standard(Self.image, using: &first))
  }

  @Test func stopsAtImpossibleRanges() async {
    await #expect(processExitsWith: .failure) { _ = Augmentation(zoom: 1) }
    await #expect(processExitsWith: .failure) { _ = Augmentation(rotation: -1) }
  }
}
