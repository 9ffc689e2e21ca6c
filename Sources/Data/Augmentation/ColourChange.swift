import Tensor

/// A change of brightness and contrast, then of saturation, then of hue.
package struct ColourChange: Hashable, Sendable {
  /// The factor for values.
  package var brightness: Float
  /// The factor for distances from the mean of the picture.
  package var contrast: Float
  /// The factor for distances from the gray value of a pixel.
  package var saturation: Float
  /// The rotation of the hue on the circle red, yellow, green, cyan, blue, magenta; 1 is a full turn.
  package var hue: Float

  package init(brightness: Float = 1, contrast: Float = 1, saturation: Float = 1, hue: Float = 0) {
    self.brightness = brightness
    self.contrast = contrast
    self.saturation = saturation
    self.hue = hue
  }

  /// Changes planes `[channels, height, width]` of values from 0 to 1. A change of saturation or hue needs three
  /// channels; otherwise the program stops.
  package func apply(to values: UnsafeMutableBufferPointer<Float>, channels: Int, colours: ColourOrder) {
    changeLight(values)
    guard saturation != 1 || hue != 0 else { return }
    require(
      channels == 3, "Augmentation: found \(counted(channels, "channel")), saturation and hue need red, green and blue")
    let plane = values.count / 3
    let (red, blue) = colours == .rgb ? (0, 2 * plane) : (2 * plane, 0)
    for pixel in 0..<plane {
      var colour = (values[red + pixel], values[plane + pixel], values[blue + pixel])
      if saturation != 1 { colour = saturated(colour) }
      if hue != 0 { colour = turned(colour) }
      (values[red + pixel], values[plane + pixel], values[blue + pixel]) = colour
    }
  }

  /// `x -> (b x - m) c + m`, limited to 0 to 1, where `m` is the mean of `b x`.
  private func changeLight(_ values: UnsafeMutableBufferPointer<Float>) {
    if brightness == 1 && contrast == 1 { return }
    let sum = values.reduce(into: 0.0) { $0 += Double($1) }
    let mean = brightness * Float(sum / Double(max(values.count, 1)))
    let (factor, offset) = (brightness * contrast, mean * (1 - contrast))
    for index in 0..<values.count { values[index] = cut(factor * values[index] + offset) }
  }

  /// `x -> g + s (x - g)`, limited to 0 to 1, where `g` is the luma of the pixel (ITU-R BT.601).
  @inline(__always)
  private func saturated(_ colour: (Float, Float, Float)) -> (Float, Float, Float) {
    let gray = 0.299 * colour.0 + 0.587 * colour.1 + 0.114 * colour.2
    return (
      cut(gray + saturation * (colour.0 - gray)), cut(gray + saturation * (colour.1 - gray)),
      cut(gray + saturation * (colour.2 - gray))
    )
  }

  /// The colour with another hue and the same saturation and value (Smith, "Color gamut transform pairs", 1978).
  @inline(__always)
  private func turned(_ colour: (Float, Float, Float)) -> (Float, Float, Float) {
    let (red, green, blue) = colour
    let value = max(red, green, blue)
    let span = value - min(red, green, blue)
    guard span > 0 else { return colour }
    // The hue in sixths of the circle, beginning with red.
    let place: Float =
      if value == red { (green - blue) / span } else if value == green { 2 + (blue - red) / span } else {
        4 + (red - green) / span
      }
    let turned = place + 6 * hue
    /// The value of a channel by the formula for HSV: `offset` is 5 for red, 3 for green and 1 for blue.
    func channel(_ offset: Float) -> Float {
      var distance = turned + offset
      distance -= 6 * (distance / 6).rounded(.down)
      return value - span * max(0, min(distance, 4 - distance, 1))
    }
    return (channel(5), channel(3), channel(1))
  }

  @inline(__always)
  private func cut(_ value: Float) -> Float {
    min(max(value, 0), 1)
  }
}
