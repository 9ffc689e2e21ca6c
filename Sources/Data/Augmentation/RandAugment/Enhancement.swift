// Pillow's `ImageEnhance`: a photo is moved towards a poorer one (a factor below 1) or away from it (above 1).

extension BytePlanes {
  /// `x -> p + factor (x - p)`, where `p` is the value of the poorer photo, cut to a whole number.
  ///
  /// - Parameters:
  ///   - poorer: its value for a plane and a pixel.
  ///   - factor: 0 for the poorer photo, 1 for no change.
  mutating func blend(with poorer: (_ plane: Int, _ pixel: Int) -> UInt8, _ factor: Float) {
    guard factor != 1 else { return }
    for plane in 0..<3 {
      for pixel in 0..<count {
        let first = Float(poorer(plane, pixel))
        let value = first + factor * (Float(values[plane * count + pixel]) - first)
        values[plane * count + pixel] = UInt8(min(max(value, 0), 255))
      }
    }
  }

  /// Towards gray.
  mutating func enhanceColor(_ factor: Float) {
    let gray = gray
    blend(with: { gray[$1] }, factor)
  }

  /// Towards the mean of the gray values.
  mutating func enhanceContrast(_ factor: Float) {
    guard count > 0 else { return }
    let sum = gray.reduce(0) { $0 + Int($1) }
    let mean = UInt8(Double(sum) / Double(count) + 0.5)
    blend(with: { _, _ in mean }, factor)
  }

  /// Towards a smoothed photo. The pixels at the edge stay.
  mutating func enhanceSharpness(_ factor: Float) {
    let (smooth, count) = (smoothed, count)
    blend(with: { smooth[$0 * count + $1] }, factor)
  }

  /// The luma of ITU-R BT.601 in fixed-point numbers, as Pillow converts to "L".
  private var gray: [UInt8] {
    (0..<count).map { pixel in
      let (red, green, blue) = (Int(values[pixel]), Int(values[count + pixel]), Int(values[2 * count + pixel]))
      return UInt8((red * 19595 + green * 38470 + blue * 7471 + 0x8000) >> 16)
    }
  }

  /// Pillow's `ImageFilter.SMOOTH`: the mean of 3 × 3 pixels, in which the middle counts five times.
  private var smoothed: [UInt8] {
    var result = values
    guard height > 2, width > 2 else { return result }
    for plane in 0..<3 {
      for row in 1..<height - 1 {
        for column in 1..<width - 1 {
          let place = plane * count + row * width + column
          var sum = 4 * Int(values[place])
          for line in [place - width, place, place + width] {
            sum += Int(values[line - 1]) + Int(values[line]) + Int(values[line + 1])
          }
          result[place] = UInt8((2 * sum + 13) / 26)
        }
      }
    }
    return result
  }
}
