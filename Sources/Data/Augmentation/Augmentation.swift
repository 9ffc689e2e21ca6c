import Glibc
import Tensor

/// Random changes to training photos that leave their class as it is. Each is drawn anew for every photo and epoch.
///
/// Ranges are symmetric: a shift of 0.1 means from -0.1 to 0.1. The default of each is no change.
public struct Augmentation: Hashable, Codable, Sendable {
  /// Whether every second photo, on average, is mirrored left to right.
  public var horizontalFlip: Bool
  /// The largest shift along each side, as a share of that side.
  public var shift: Double
  /// The largest rotation about the centre, in degrees.
  public var rotation: Double
  /// The largest change of size about the centre: 0.1 means from 0.9 to 1.1 times. Below 1.
  public var zoom: Double
  /// The largest change of brightness: 0.2 means values times 0.8 to 1.2.
  public var brightness: Double
  /// The largest change of contrast: 0.2 means distances from the photo's mean times 0.8 to 1.2.
  public var contrast: Double

  /// Mild changes that suit photos of things: mirrored, shifted by a tenth, turned by 10 degrees, a tenth larger or
  /// smaller, a fifth brighter or darker, with a fifth more or less contrast.
  public static let standard = Augmentation(
    horizontalFlip: true, shift: 0.1, rotation: 10, zoom: 0.1, brightness: 0.2, contrast: 0.2)

  /// Makes an augmentation of its ranges. Stops at a negative range or a zoom of 1 and more.
  public init(
    horizontalFlip: Bool = false, shift: Double = 0, rotation: Double = 0, zoom: Double = 0, brightness: Double = 0,
    contrast: Double = 0
  ) {
    require(
      [shift, rotation, zoom, brightness, contrast].allSatisfy { $0 >= 0 } && zoom < 1,
      "Augmentation: ranges must not be negative and the zoom must be below 1: "
        + "shift \(shift), rotation \(rotation), zoom \(zoom), brightness \(brightness), contrast \(contrast)")
    self.horizontalFlip = horizontalFlip
    self.shift = shift
    self.rotation = rotation
    self.zoom = zoom
    self.brightness = brightness
    self.contrast = contrast
  }

  /// A changed copy of a photo. Always takes seven numbers of the generator, whatever the ranges.
  ///
  /// - Parameters:
  ///   - image: `[C, H, W]` with values from 0 to 1.
  ///   - generator: decides on the changes.
  /// - Returns: `[C, H, W]`, values cut to 0 to 1 if light was changed.
  public func callAsFunction(_ image: Tensor<Float>, using generator: inout RandomGenerator) -> Tensor<Float> {
    require(image.rank == 3, "Augmentation: found an image of shape \(image.shape), expected [C, H, W]")
    return Tensor(unsafeUninitialized: image.shape) { target in
      image.withUnsafeScalars { apply(from: $0, to: target, shape: image.shape, using: &generator) }
    }
  }

  /// Writes a changed copy of the `[C, H, W]` values in `source` to `target`.
  private func apply(
    from source: UnsafeBufferPointer<Float>, to target: UnsafeMutableBufferPointer<Float>, shape: Shape,
    using generator: inout RandomGenerator
  ) {
    let (height, width) = (shape[1], shape[2])
    let isFlipped = generator.uniform() < 0.5 && horizontalFlip
    let right = draw(shift, using: &generator) * Double(width)
    let down = draw(shift, using: &generator) * Double(height)
    let angle = draw(rotation, using: &generator) * .pi / 180
    let zoom = 1 + draw(zoom, using: &generator)
    let light = LightChange(
      brightness: Float(1 + draw(brightness, using: &generator)), contrast: Float(1 + draw(contrast, using: &generator))
    )

    let warp = AffineWarp(
      height: height, width: width, isFlipped: isFlipped, right: right, down: down, angle: angle, zoom: zoom)
    warp.apply(from: source, to: target, channels: shape[0])
    light.apply(to: target)
  }

  /// A number uniform from `-range` to `range`.
  private func draw(_ range: Double, using generator: inout RandomGenerator) -> Double {
    (2 * generator.uniform() - 1) * range
  }
}

extension Augmentation {
  /// The batch with each photo changed.
  ///
  /// - Parameters:
  ///   - batch: inputs `[B, C, H, W]`.
  ///   - examples: the number of each photo in its data set.
  ///   - seed: with the epoch and the number of a photo, decides on its changes.
  ///   - epoch: the number of the epoch, from 0.
  func apply(to batch: Batch, examples: [Int], seed: UInt64, epoch: Int) -> Batch {
    let shape = batch.inputs.shape
    require(shape.rank == 4, "Augmentation: found inputs of shape \(shape), expected images [B, C, H, W]")
    let imageShape = Shape(shape.dropFirst())
    let size = imageShape.elementCount
    let inputs = Tensor<Float>(unsafeUninitialized: shape) { target in
      batch.inputs.withUnsafeScalars { source in
        for (position, example) in examples.enumerated() {
          var generator = RandomGenerator(seed: seed, stream: UInt64(example + 1) << 32 | UInt64(epoch))
          let part = position * size..<(position + 1) * size
          apply(
            from: UnsafeBufferPointer(rebasing: source[part]), to: UnsafeMutableBufferPointer(rebasing: target[part]),
            shape: imageShape, using: &generator)
        }
      }
    }
    return Batch(inputs: inputs, targets: batch.targets)
  }
}
