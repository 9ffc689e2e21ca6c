import Kilim

extension Image {
  /// The picture as a cheap camera takes it: a little out of focus, wrongly exposed, with a tint and grain.
  func degraded(using generator: inout RandomGenerator) -> Image {
    let sharpness = generator.uniform(in: 0.55..<1.4)
    return (sharpness < 1 ? blurred(to: sharpness) : self).exposed(using: &generator)
  }

  /// The picture reduced to a share of its size and enlarged again.
  private func blurred(to share: Double) -> Image {
    let small = ImageSize(
      height: max(1, Int(Double(height) * share)), width: max(1, Int(Double(width) * share)))
    return resized(to: small, .bilinearAntialiased)
      .resized(to: ImageSize(height: height, width: width), .bilinearAntialiased)
  }

  /// Stretches and shifts each channel and adds grain, about normally distributed: the sum of four uniform numbers.
  private func exposed(using generator: inout RandomGenerator) -> Image {
    let contrast = generator.uniform(in: 0.8..<1.2)
    let brightness = generator.uniform(in: -25..<25)
    let tints = (0..<3).map { _ in generator.uniform(in: -12..<12) }
    let grain = generator.chance(0.75) ? generator.uniform(in: 0..<11) : 0
    var degraded = pixels
    for index in degraded.indices {
      let bits = generator.next()
      let sum = (bits & 0xFFFF) + (bits >> 16 & 0xFFFF) + (bits >> 32 & 0xFFFF) + (bits >> 48)
      // Four uniform numbers in 0..<1 have the mean 2 and the variance 1/3.
      let noise = (Double(sum) / 65_536 - 2) * 3.0.squareRoot()
      let value = (Double(degraded[index]) - 128) * contrast + 128 + brightness + tints[index % 3] + grain * noise
      degraded[index] = UInt8(min(max(value, 0), 255))
    }
    return Image(width: width, height: height, pixels: degraded)
  }
}
