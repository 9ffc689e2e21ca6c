import Data
import Foundation
import Tensor
import Testing

/// The operations of RandAugment: the bytes of Pillow, the list and magnitudes of torchvision (`make_recipes.py`).
@Suite struct RandAugmentTests {
  private struct Fixture: Decodable {
    struct Photo: Decodable {
      let width: Int
      let height: Int
      let planes: Foundation.Data
      let results: [Result]
    }
    struct Result: Decodable {
      let name: String
      let value: Double
      let planes: Foundation.Data
    }
    struct Magnitudes: Decodable {
      let values: [Double]
      let signed: Bool
    }
    let photos: [Photo]
    let magnitudes: [String: Magnitudes]
  }

  private static func operation(_ name: String, _ value: Double) -> PhotoOperation? {
    switch name {
    case "shearX": .shearX(value)
    case "shearY": .shearY(value)
    case "translateX": .translateX(Int(value))
    case "translateY": .translateY(Int(value))
    case "rotate": .rotate(value)
    case "brightness": .brightness(Float(value))
    case "color": .color(Float(value))
    case "contrast": .contrast(Float(value))
    case "sharpness": .sharpness(Float(value))
    case "posterize": .posterize(Int(value))
    case "solarize": .solarize(value)
    case "autoContrast": .autoContrast
    case "equalize": .equalize
    default: nil
    }
  }

  @Test func operationsGiveTheBytesOfPillow() throws {
    let fixture: Fixture = try readFixture("randaugment.json")
    #expect(fixture.photos.count == 3)
    for photo in fixture.photos {
      for result in photo.results {
        var planes = BytePlanes(height: photo.height, width: photo.width, values: Array(photo.planes))
        let operation = try #require(Self.operation(result.name, result.value))
        operation.apply(to: &planes)
        let differing = zip(planes.values, result.planes).count { $0 != $1 }
        #expect(differing == 0, "\(result.name) \(result.value): \(differing) bytes of \(photo.width)×\(photo.height)")
      }
    }
  }

  /// torchvision computes its magnitudes in single precision.
  @Test func magnitudesAreThoseOfTorchvision() throws {
    let magnitudes = try readFixture("randaugment.json", as: Fixture.self).magnitudes
    #expect(magnitudes.count == PhotoOperation.Kind.allCases.count)
    for kind in PhotoOperation.Kind.allCases {
      let name = "\(kind)"
      let expected = try #require(magnitudes[name.prefix(1).uppercased() + name.dropFirst()], "\(name)")
      for magnitude in 0...30 {
        for isNegative in [false, true] {
          let operation = PhotoOperation(kind, magnitude: magnitude, isNegative: isNegative, height: 48, width: 64)
          let sign: Double = isNegative && expected.signed ? -1 : 1
          let value = expected.values.isEmpty ? 0 : sign * expected.values[magnitude]
          let found: (Double, Double) =
            switch operation {
            case .identity, .autoContrast, .equalize: (0, 0)
            case .shearX(let amount), .shearY(let amount), .rotate(let amount), .solarize(let amount): (amount, value)
            case .translateX(let pixels), .translateY(let pixels): (Double(pixels), value.rounded(.towardZero))
            case .brightness(let factor), .color(let factor), .contrast(let factor), .sharpness(let factor):
              (Double(factor), 1 + value)
            case .posterize(let bits): (Double(bits), value)
            }
          #expect(abs(found.0 - found.1) < 1e-6 * max(1, abs(value)), "\(name) \(magnitude)")
        }
      }
    }
  }

  private func photo(_ seed: UInt64) -> Tensor<Float> {
    var generator = RandomGenerator(seed: seed)
    let bytes = (0..<3 * 12 * 10).map { _ in Float(generator.integer(below: 256)) * (1 / 255) }
    return Tensor(shape: [3, 12, 10], scalars: bytes)
  }

  @Test func aPhotoGetsOperationsOfTheList() {
    let augmentation = Augmentation(randAugment: RandAugment(operations: 1, magnitude: 20))
    let image = photo(3)
    var (results, unchanged): (Set<[Float]>, Int) = ([], 0)
    for seed in 0..<200 {
      var (generator, again) = (RandomGenerator(seed: UInt64(seed)), RandomGenerator(seed: UInt64(seed)))
      let result = augmentation(image, using: &generator)
      #expect(result == augmentation(image, using: &again))
      // All values are bytes.
      #expect(result.scalars.allSatisfy { abs($0 * 255 - ($0 * 255).rounded()) < 1e-3 })
      results.insert(result.scalars)
      unchanged += result == image ? 1 : 0
    }
    // 14 operations, of which 9 have two directions. Noise has full contrast: the histogram is stretched already.
    #expect(results.count > 15 && results.count <= 23)
    // Identity and auto-contrast: 2 of 14, and equalize where it does nothing. Six standard deviations.
    #expect((5...75).contains(unchanged))
  }

  @Test func notANumberIsBlack() {
    let augmentation = Augmentation(randAugment: RandAugment(operations: 1, magnitude: 0))
    for seed in 0..<20 {
      var generator = RandomGenerator(seed: UInt64(seed))
      let result = augmentation(Tensor(shape: [3, 1, 1], scalars: [.nan, .infinity, -1]), using: &generator)
      #expect(result.scalars.allSatisfy { (0...1).contains($0) })
    }
  }

  @Test func theOrderOfColoursDoesNotMatter() throws {
    let augmentation = Augmentation(randAugment: RandAugment(operations: 3, magnitude: 15))
    let image = photo(4)
    let plane = 120
    let swapped = Array(
      image.scalars[2 * plane..<3 * plane] + image.scalars[plane..<2 * plane] + image.scalars[..<plane])
    let bgr = try TensorDataset(
      inputs: Tensor(shape: [1, 3, 12, 10], scalars: swapped), targets: Tensor(zeros: [1]))
    let rgb = try TensorDataset(inputs: image.expandingShape(at: 0), targets: Tensor(zeros: [1]))
    let changes = EpochChanges(augmentation, seed: 3, epoch: 2)
    #expect(try bgr.batch([0], changedBy: changes).inputs != rgb.batch([0], changedBy: changes).inputs)
    let gray = try TensorDataset(inputs: Tensor(zeros: [1, 1, 4, 4]), targets: Tensor(zeros: [1]))
    #expect(throws: DatasetError.self) { try gray.batch([0], changedBy: changes) }
  }

  @Test func fileOfAnEarlierVersion() throws {
    let augmentation = Augmentation(horizontalFlip: true, randAugment: RandAugment())
    let data = try JSONEncoder().encode(augmentation)
    #expect(try JSONDecoder().decode(Augmentation.self, from: data) == augmentation)
    let plain = String(decoding: try JSONEncoder().encode(Augmentation.standard), as: UTF8.self)
    #expect(!plain.contains("randAugment"))
    let wrong = String(decoding: data, as: UTF8.self).replacing("\"magnitude\":9", with: "\"magnitude\":31")
    #expect(throws: DecodingError.self) {
      try JSONDecoder().decode(Augmentation.self, from: Foundation.Data(wrong.utf8))
    }
  }
}
