import Autograd
import Foundation
import NN
import Tensor
import Testing

/// Layers that change images at random: what they do for given draws against Keras in double precision (see
/// `make_augmentation.py`), and the draws by their distribution.
struct AugmentationTests {
  private static var images: Tensor<Float> { hashed([3, 2, 3, 4], seed: 1) * 100 + 128 }

  private static func warp(_ maps: [PixelMap], _ fill: ImageWarp.Fill, _ kind: ImageWarp.Interpolation) -> Tensor<Float>
  {
    images.warped(by: ImageWarp(maps, fill: fill, interpolation: kind))
  }

  /// The result of a case by its name.
  private static func result(_ name: String) -> Tensor<Float>? {
    let words = name.split(separator: " ").map(String.init)
    let x = Variable(images)
    switch words[0] {
    case "flip":
      let modes: [String: RandomFlip.Mode] = [
        "horizontal": .horizontal, "vertical": .vertical, "horizontal_and_vertical": .horizontalAndVertical,
      ]
      return modes[words[1]].map { RandomFlip($0).flip(x, where: [true, false, true]).value }
    case "contrast":
      return RandomContrast(0.5, valueRange: 60...200).adjust(x, by: [0.5, 1.6, 1]).value
    case "brightness":
      return RandomBrightness(0.5, valueRange: 60...200).adjust(x, by: [0.3, -0.5, 0]).value
    default: break
    }
    let fills: [String: ImageWarp.Fill] = [
      "constant": .constant(3.5), "nearest": .nearest, "reflect": .reflect, "wrap": .wrap,
    ]
    guard words.count == 3, let fill = fills[words[1]] else { return nil }
    let interpolation: ImageWarp.Interpolation = words[2] == "nearest" ? .nearest : .bilinear
    let maps: [PixelMap]
    switch words[0] {
    case "rotation": maps = [0.05, -0.3, 0.61].map { RandomRotation.map(angle: $0, height: 3, width: 4) }
    case "zoom":
      maps = [(0.6, 1.2), (1.3, 0.3), (1.9, 1.7)].map { RandomZoom.map(zoomY: $0, zoomX: $1, height: 3, width: 4) }
    case "translation":
      maps = [(0.3, -0.2), (-0.9, 0.7), (0.05, 0.45)].map {
        RandomTranslation.map(right: $0, down: $1, height: 3, width: 4)
      }
    case "shear": maps = [(0.3, 0), (-0.2, 0.6), (0, -0.9)].map { PixelMap(xy: $0, yx: $1) }
    default: return nil
    }
    return warp(maps, fill, interpolation)
  }

  @Test(arguments: try (references("augmentation.json") as [String: [Double]]).keys.sorted())
  func givenDraws(name: String) throws {
    let expected = try #require(try (references("augmentation.json") as [String: [Double]])[name])
    let found = try #require(Self.result(name))
    // A mean of pixels up to 228, whose weights are rounded to 2⁻²⁴ a few times, and to 2⁻²⁴ of 1 in themselves.
    expectClose(found, expected, tolerance: 16 * 0x1p-24, name)
  }

  static let layers: [(name: String, layer: any Layer & Sendable)] = [
    ("flip", RandomFlip()), ("rotation", RandomRotation(0.2)), ("zoom", RandomZoom(0.3)),
    ("translation", RandomTranslation(0.2)), ("shear", RandomShear(x: 0.1...0.4)),
    ("contrast", RandomContrast(0.5, valueRange: -9...9)), ("brightness", RandomBrightness(0.5, valueRange: -9...9)),
  ]

  @Test(arguments: layers.map(\.name))
  func actsInTrainingAlone(name: String) throws {
    let layer = try #require(Self.layers.first { $0.name == name }?.layer)
    var generator = RandomGenerator(seed: 2)
    let x = Tensor<Float>(normal: [8, 3, 6, 5], using: &generator)
    #expect(try layer.build(inputShape: [3, 6, 5], using: &generator) == [3, 6, 5])
    #expect(layer(x) == x)
    let first = layer(Variable(x), Context(.training, seed: 5)).value
    #expect(first.shape == x.shape)
    #expect(first != x)
    #expect(first == layer(Variable(x), Context(.training, seed: 5)).value)
    #expect(first != layer(Variable(x), Context(.training, seed: 6)).value)
    let tracked = Variable(tracking: x)
    let gradient = layer(tracked, Context(.training, seed: 5)).sum().gradients()[tracked]
    #expect(gradient?.shape == x.shape)
    #expect(throws: LayerError.self) { try layer.build(inputShape: [30], using: &generator) }
  }

  /// Uniform draws over the range: mean and variance within 5 deviations of those of 4,000 draws.
  @Test func drawsAreUniform() throws {
    func expectUniform(_ numbers: [Double], _ low: Double, _ high: Double) {
      let (count, width) = (Double(numbers.count), high - low)
      let mean = numbers.reduce(0, +) / count
      let variance = numbers.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count
      #expect(numbers.allSatisfy { $0 >= low - 1e-6 && $0 <= high + 1e-6 })
      #expect(abs(mean - (low + high) / 2) <= 5 * width / (12 * count).squareRoot())
      // The fourth moment of a uniform number is w⁴ / 80.
      #expect(abs(variance - width * width / 12) <= 5 * width * width * ((1.0 / 80 - 1.0 / 144) / count).squareRoot())
    }
    var generator = RandomGenerator(seed: 7)
    let range = 0..<4_000
    let zoom = RandomZoom(height: -0.2...0.4, width: 0.1...0.3)
    let zooms = range.map { _ in zoom.drawMap(height: 5, width: 9, using: &generator) }
    expectUniform(zooms.map(\.yy), 0.8, 1.4)
    expectUniform(zooms.map(\.xx), 1.1, 1.3)
    #expect(RandomZoom(0.3).drawMap(height: 5, width: 5, using: &generator).isProportional)
    let shift = RandomTranslation(height: -0.5...0.1, width: 0...0.4)
    let shifts = range.map { _ in shift.drawMap(height: 10, width: 20, using: &generator) }
    expectUniform(shifts.map(\.y0), -1, 5)
    expectUniform(shifts.map(\.x0), -8, 0)
    let rotation = RandomRotation(-0.1...0.2)
    expectUniform(range.map { _ in rotation.drawMap(height: 5, width: 5, using: &generator).turn }, -0.1, 0.2)
    let shear = RandomShear(x: 0.2...0.6)
    let shears = range.map { _ in shear.drawMap(height: 5, width: 5, using: &generator).xy }
    expectUniform(shears.map(abs), 0.2, 0.6)
    #expect((1_842...2_158).contains(shears.count { $0 > 0 }))

    // Pixels of 1 and -1 in each image: contrast is half of their distance, brightness their mean.
    let pixels = Tensor<Float>([1, -1]).reshaped(to: [1, 1, 1, 2] as Shape).broadcast(to: [4_000, 1, 1, 2])
    let wide: ClosedRange<Float> = -50...50
    let contrast = RandomContrast(0.2...0.5, valueRange: wide)(Variable(pixels), Context(.training, seed: 3)).value
    expectUniform(contrast.select(0, axis: 3).scalars.map(Double.init), 0.8, 1.5)
    let brightness = RandomBrightness(-0.1...0.3, valueRange: wide)(Variable(pixels), Context(.training, seed: 3)).value
    expectUniform(brightness.select(0, axis: 3).scalars.map { Double($0) - 1 }, -10, 30)
    let flipped = RandomFlip(.horizontal)(Variable(pixels), Context(.training, seed: 3)).value
    #expect((1_842...2_158).contains(flipped.select(0, axis: 3).scalars.count { $0 < 0 }))
  }

  @Test func impossibleFactors() {
    func refuses(_ layer: any Layer, _ reason: String) {
      var generator = RandomGenerator(seed: 1)
      let error = #expect(throws: LayerError.self) { try layer.build(inputShape: [3, 4, 4], using: &generator) }
      #expect(error?.reason == reason)
    }
    refuses(RandomRotation(1.5), "the factor is -1.5...1.5, it must lie in -1.0...1.0")
    refuses(RandomContrast(-0.5...0.5), "the factor is -0.5...0.5, it must lie in 0.0...1.0")
    refuses(
      RandomTranslation(height: 0...2, width: 0...0), "the share of the height is 0.0...2.0, it must lie in -1.0...1.0")
  }
}

extension PixelMap {
  /// Whether a zoom has one factor for both directions.
  fileprivate var isProportional: Bool { xx == yy }
  /// The angle of a rotation as a share of a full turn.
  fileprivate var turn: Double { atan2(yx, xx) / (2 * .pi) }
}

struct RandomCropTests {
  private static let images = Tensor<Float>(shape: [2, 1, 6, 8], scalars: (0..<96).map { Float($0) })

  /// What Keras 3.0.5 computes for the first image, from its `RandomCrop` with the whole numbers 0, 1, … as pixels.
  @Test func inInferenceTheMiddleIsResized() throws {
    let model = try Sequential(input: [1, 6, 8]) { RandomCrop(4) }
    #expect(model.outputShape == [1, 4, 4])
    let found = model(Self.images).slice(0..<1, axis: 0)
    expectClose(
      found,
      [3.25, 4.75, 6.25, 7.75, 15.25, 16.75, 18.25, 19.75, 27.25, 28.75, 30.25, 31.75, 39.25, 40.75, 42.25, 43.75],
      tolerance: 8 * 0x1p-24)
    let middle = RandomCrop(Size(height: 6, width: 4))(Self.images)
    #expect(middle == Self.images.slice(2..<6, axis: 3))
  }

  @Test func inTrainingAllImagesHaveOnePlace() {
    let layer = RandomCrop(Size(height: 5, width: 4))
    let context = Context(.training, seed: 3)
    var counts: [Int: Int] = [:]
    for _ in 0..<1000 {
      let found = layer(Variable(Self.images), context).value
      let first = Int(found.scalars[0])
      let (row, column) = (first / 8, first % 8)
      #expect(found == Self.images.slice(row..<row + 5, axis: 2).slice(column..<column + 4, axis: 3))
      counts[first, default: 0] += 1
    }
    // Each of the 2 · 5 places in 100 of 1000 draws: five standard deviations of such a number are below 48.
    #expect(counts.count == 10 && counts.values.allSatisfy { (52...148).contains($0) })
  }

  @Test func aSmallerImageIsResizedInTrainingToo() {
    let layer = RandomCrop(Size(height: 7, width: 8))
    let trained = layer(Variable(Self.images), Context(.training)).value
    #expect(trained.shape == [2, 1, 7, 8] && trained == layer(Self.images))
  }

  @Test func whatIsNoImageIsRefused() {
    #expect(throws: LayerError.self) { try Sequential(input: [4]) { RandomCrop(2) } }
    #expect(throws: LayerError.self) { try Sequential(input: [1, 4, 4]) { RandomCrop(0) } }
  }
}
