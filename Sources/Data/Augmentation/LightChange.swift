/// A change of brightness and contrast: `x -> (b x - m) c + m`, cut to 0 to 1, where `m` is the mean of `b x`.
struct LightChange {
  let brightness: Float
  let contrast: Float

  func apply(to values: UnsafeMutableBufferPointer<Float>) {
    if brightness == 1 && contrast == 1 { return }
    let sum = values.reduce(into: 0.0) { $0 += Double($1) }
    let mean = brightness * Float(sum / Double(max(values.count, 1)))
    let (factor, offset) = (brightness * contrast, mean * (1 - contrast))
    for index in 0..<values.count { values[index] = min(max(factor * values[index] + offset, 0), 1) }
  }
}
