// The tables of Pillow's `ImageOps.autocontrast` and `ImageOps.equalize` for the histogram of a plane.

private let identityTable = (0...255).map { UInt8($0) }

/// Stretches the values so that the darkest becomes 0 and the brightest 255.
func stretchedTable(_ histogram: [Int]) -> [UInt8] {
  guard let low = histogram.firstIndex(where: { $0 > 0 }), let high = histogram.lastIndex(where: { $0 > 0 }),
    high > low
  else { return identityTable }
  let scale = 255 / Double(high - low)
  let offset = -Double(low) * scale
  return (0...255).map { UInt8(min(max(Double($0) * scale + offset, 0), 255)) }
}

/// Makes all values about equally frequent.
func equalizedTable(_ histogram: [Int]) -> [UInt8] {
  let present = histogram.filter { $0 > 0 }
  guard present.count > 1 else { return identityTable }
  let step = (present.reduce(0, +) - (present.last ?? 0)) / 255
  guard step > 0 else { return identityTable }
  var sum = step / 2
  return histogram.map { count in
    defer { sum += count }
    return UInt8(min(sum / step, 255))
  }
}
