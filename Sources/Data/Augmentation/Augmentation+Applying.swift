import Glibc
import Tensor

extension Augmentation {
  /// A changed copy of a photo. The random numbers of one kind of change do not depend on the other kinds.
  ///
  /// - Parameters:
  ///   - image: `[C, H, W]` with values from 0 to 1; for changes of saturation or hue and for RandAugment `[3, H, W]`, in RGB.
  ///   - generator: the source of random numbers.
  /// - Returns: `[C, H, W]`; if colours were changed, the values are limited to 0 to 1.
  public func callAsFunction(_ image: Tensor<Float>, using generator: inout RandomGenerator) -> Tensor<Float> {
    require(image.rank == 3, "Augmentation: found an image of shape \(image.shape), expected [C, H, W]")
    return Tensor(unsafeUninitialized: image.shape) { target in
      image.withUnsafeScalars {
        apply(from: $0, to: target, shape: image.shape, colours: .rgb, using: &generator)
      }
    }
  }

  /// Writes a changed copy of the `[C, H, W]` values in `source` to `target`.
  func apply(
    from source: UnsafeBufferPointer<Float>, to target: UnsafeMutableBufferPointer<Float>, shape: Shape,
    colours: ColourOrder, using generator: inout RandomGenerator
  ) {
    let (channels, height, width) = (shape[0], shape[1], shape[2])
    let placement = drawPlacement(height: height, width: width, using: &generator)
    let change = drawColourChange(using: &generator)
    let rectangle = drawErasedRectangle(height: height, width: width, using: &generator)
    let operations = randAugment?.draw(height: height, width: width, using: &generator) ?? []

    func move(_ source: UnsafeBufferPointer<Float>) {
      if placement == Placement() {
        _ = target.update(fromContentsOf: source)
      } else {
        AffineWarp(placement, height: height, width: width).apply(from: source, to: target, channels: channels)
      }
    }
    if operations.isEmpty {
      move(source)
    } else {
      var photo = BytePlanes(height: height, width: width, values: source, colours)
      for operation in operations { operation.apply(to: &photo) }
      photo.scaled(colours).withUnsafeBufferPointer(move)
    }
    change.apply(to: target, channels: channels, colours: colours)
    rectangle?.fillWithNoise(target, channels: channels, height: height, width: width, using: &generator)
  }

  private func drawPlacement(height: Int, width: Int, using generator: inout RandomGenerator) -> Placement {
    var placement = Placement()
    placement.isMirrored = generator.uniform() < 0.5 && horizontalFlip
    placement.isUpsideDown = generator.uniform() < 0.5 && verticalFlip
    placement.right = draw(shift, using: &generator) * Double(width)
    placement.down = draw(shift, using: &generator) * Double(height)
    placement.angle = draw(rotation, using: &generator) * .pi / 180
    placement.zoom = 1 + draw(zoom, using: &generator)
    placement.shear = draw(shear, using: &generator) * .pi / 180
    let area = 1 - crop * generator.uniform()
    let proportions = exp(draw(log(4.0 / 3), using: &generator))
    let (x, y) = (generator.uniform(), generator.uniform())
    if crop > 0 {
      let boxWidth = min((area * proportions).squareRoot(), 1)
      let boxHeight = min((area / proportions).squareRoot(), 1)
      placement.box = Placement.Box(
        x: x * (1 - boxWidth), y: y * (1 - boxHeight), width: boxWidth, height: boxHeight)
    }
    return placement
  }

  private func drawColourChange(using generator: inout RandomGenerator) -> ColourChange {
    ColourChange(
      brightness: Float(1 + draw(brightness, using: &generator)),
      contrast: Float(1 + draw(contrast, using: &generator)),
      saturation: Float(1 + draw(saturation, using: &generator)), hue: Float(draw(hue, using: &generator)))
  }

  private func drawErasedRectangle(
    height: Int, width: Int, using generator: inout RandomGenerator
  ) -> PixelRectangle? {
    let isErased = generator.uniform() < erasing
    let area = generator.uniform(in: 0.02..<0.33) * Double(height * width)
    let proportions = exp(generator.uniform(in: log(0.3)..<log(3.3)))
    let (x, y) = (generator.uniform(), generator.uniform())
    guard isErased else { return nil }
    let rows = min(max(Int((area * proportions).squareRoot().rounded()), 1), height)
    let columns = min(max(Int((area / proportions).squareRoot().rounded()), 1), width)
    let (top, left) = (Int(y * Double(height - rows + 1)), Int(x * Double(width - columns + 1)))
    return PixelRectangle(rows: top..<top + rows, columns: left..<left + columns)
  }

  /// A random number from `-range` to `range`, uniform.
  private func draw(_ range: Double, using generator: inout RandomGenerator) -> Double {
    (2 * generator.uniform() - 1) * range
  }
}

/// A rectangle in a picture.
private struct PixelRectangle {
  let rows: Range<Int>
  let columns: Range<Int>

  /// Fills the rectangle with random numbers from 0 to 1.
  func fillWithNoise(
    _ values: UnsafeMutableBufferPointer<Float>, channels: Int, height: Int, width: Int,
    using generator: inout RandomGenerator
  ) {
    for channel in 0..<channels {
      for row in rows {
        let start = (channel * height + row) * width
        for column in columns { values[start + column] = Float(generator.uniform()) }
      }
    }
  }
}
