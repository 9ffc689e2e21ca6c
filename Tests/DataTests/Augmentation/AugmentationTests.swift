import Data
import Foundation
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

  @Test func flipsTopToBottom() {
    var generator = RandomGenerator(seed: 8)
    let upsideDown = Tensor(
      concatenating: (0..<6).reversed().map { Self.image.slice($0..<$0 + 1, axis: 1) }, axis: 1)
    let results = (0..<200).map { _ in Augmentation(verticalFlip: true)(Self.image, using: &generator) }
    let flipped = results.count { $0 == upsideDown }
    #expect(results.count { $0 == Self.image } == 200 - flipped)
    #expect((72...128).contains(flipped))
  }

  /// A picture whose values are its columns and rows shows which box was cut out: at least 60 % of the area, at
  /// proportions from 3:4 to 4:3, anywhere.
  @Test func cropsWithinItsRange() {
    let side = 64
    let ramp = Tensor<Float>(
      shape: [2, side, side],
      scalars: (0..<2 * side * side).map { place in
        let pixel = place % (side * side)
        return Float(place < side * side ? pixel % side : pixel / side)
      })
    var generator = RandomGenerator(seed: 9)
    var (smallest, leftmost, rightmost) = (1.0, 1.0, 0.0)
    for _ in 0..<300 {
      let box = Augmentation(crop: 0.4)(ramp, using: &generator)
      // From the centre of the first pixel to that of the last are 63 of 64 parts of the box.
      let width = Double(box[0, 32, 63] - box[0, 32, 0]) / 63
      let height = Double(box[1, 63, 32] - box[1, 0, 32]) / 63
      // Edges are repeated for half a pixel, which makes a box at the edge a little smaller than it is.
      #expect(width * height > 0.6 * 0.98 && width < 1.001 && height < 1.001)
      #expect(width / height > 0.74 && width / height < 1.36)
      smallest = min(smallest, width * height)
      leftmost = min(leftmost, Double(box[0, 32, 0]) / 64)
      rightmost = max(rightmost, Double(box[0, 32, 63]) / 64)
    }
    #expect(smallest < 0.63 && leftmost < 0.01 && rightmost > 0.97)
  }

  @Test func leansUprightLinesOnly() {
    var stripes = Tensor<Float>(zeros: [1, 31, 31])
    for row in 0..<31 { stripes[0, row, 15] = 1 }
    var generator = RandomGenerator(seed: 10)
    for _ in 0..<50 {
      let sheared = Augmentation(shear: 20)(stripes, using: &generator)
      let places = (0..<31).map { row in
        (0..<31).reduce(Float(0)) { $0 + Float($1) * sheared[0, row, $1] }
      }
      let lean = (places[30] - places[0]) / 30
      #expect(abs(lean) <= 0.364 + 1e-4)
      #expect(places.indices.allSatisfy { abs(places[$0] - (15 + lean * Float($0 - 15))) < 1e-3 })
    }
  }

  /// The rectangle takes 2 to 33 % of the area and is noise; the rest stays as it is.
  @Test func erasesARectangleOfSomePhotos() {
    let image = Tensor<Float>(repeating: 2, shape: [3, 50, 40])
    var generator = RandomGenerator(seed: 11)
    var (erased, sum, count) = (0, 0.0, 0.0)
    for _ in 0..<400 {
      let result = Augmentation(erasing: 0.25)(image, using: &generator)
      let places = result.scalars.indices.filter { result.scalars[$0] != 2 }
      if places.isEmpty { continue }
      erased += 1
      let (rows, columns) = (Set(places.map { $0 % 2000 / 40 }), Set(places.map { $0 % 40 }))
      #expect(places.count == 3 * rows.count * columns.count)
      #expect(rows.count == rows.max().map { $0 - (rows.min() ?? 0) + 1 })
      // A side is rounded by up to half a pixel.
      let area = Double(rows.count * columns.count) / 2000
      #expect(area > 0.01 && area < 0.36)
      #expect(places.allSatisfy { (0..<1).contains(result.scalars[$0]) })
      sum += places.reduce(0) { $0 + Double(result.scalars[$1]) }
      count += Double(places.count)
    }
    // Four standard deviations of a coin with 1:3, and of the mean of numbers from 0 to 1.
    #expect((65...135).contains(erased))
    #expect(abs(sum / count - 0.5) < 4 * (1 / (12 * count)).squareRoot())
  }

  /// One kind of change does not alter the numbers that the others draw.
  @Test func kindsOfChangesAreIndependent() {
    var (first, second) = (RandomGenerator(seed: 12), RandomGenerator(seed: 12))
    let gray = Tensor<Float>(repeating: 0.5, shape: [3, 6, 8])
    let plain = Augmentation(brightness: 0.4)(gray, using: &first)
    let moved = Augmentation(
      horizontalFlip: true, verticalFlip: true, crop: 0.3, shift: 0.1, rotation: 9, zoom: 0.1, shear: 5,
      brightness: 0.4)(gray, using: &second)
    #expect(zip(plain.scalars, moved.scalars).allSatisfy { abs($0 - $1) < 1e-6 })
    #expect(first == second)
  }

  @Test func saturationAndHueNeedColours() async {
    await #expect(processExitsWith: .failure) {
      var generator = RandomGenerator(seed: 1)
      _ = Augmentation(hue: 0.1)(Tensor(zeros: [1, 4, 4]), using: &generator)
    }
  }

  @Test func theSameGeneratorGivesTheSameImage() {
    var (first, second) = (RandomGenerator(seed: 7), RandomGenerator(seed: 7))
    let a = Augmentation.standard(Self.image, using: &first)
    #expect(a == Augmentation.standard(Self.image, using: &second))
    #expect(a != Augmentation.standard(Self.image, using: &first))
  }

  /// However far a photo is moved, what is seen is its edge.
  @Test func takesEndlessRanges() throws {
    let endless = Augmentation(shift: 1e308, rotation: 1e308)
    let images = try PhotoFolder(["a": 1, "b": 1]).read().images
    for epoch in 0..<50 {
      let batch = try images.batch([0, 1], changedBy: EpochChanges(endless, seed: 1, epoch: epoch))
      #expect(batch.inputs.scalars.allSatisfy { (0...1).contains($0) })
    }
  }

  @Test func isReadBackAndRefusedWithImpossibleRanges() throws {
    let encoded = try JSONEncoder().encode(Augmentation.standard)
    #expect(try JSONDecoder().decode(Augmentation.self, from: encoded) == .standard)
    let text = String(decoding: encoded, as: UTF8.self)
    for (old, new) in [("\"zoom\":0.1", "\"zoom\":1.5"), ("\"shift\":0.1", "\"shift\":-1")] {
      try #require(text.contains(old))
      #expect(throws: DecodingError.self) {
        try JSONDecoder().decode(
          Augmentation.self, from: Foundation.Data(text.replacingOccurrences(of: old, with: new).utf8))
      }
    }
  }

  @Test func stopsAtImpossibleRanges() async {
    await #expect(processExitsWith: .failure) { _ = Augmentation(zoom: 1) }
    await #expect(processExitsWith: .failure) { _ = Augmentation(rotation: -1) }
    await #expect(processExitsWith: .failure) { _ = Augmentation(crop: 1) }
    await #expect(processExitsWith: .failure) { _ = Augmentation(hue: 0.6) }
    await #expect(processExitsWith: .failure) { _ = Augmentation(erasing: 1.1) }
    await #expect(processExitsWith: .failure) { _ = Augmentation(shear: 90) }
    await #expect(processExitsWith: .failure) { _ = Augmentation(brightness: .nan) }
  }
}
