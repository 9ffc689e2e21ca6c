/// RGB of RGBA pixels before a background: `colour * opacity + background * (1 - opacity)`, rounded.
func composite(_ samples: [UInt8], over background: RGBColour) -> [UInt8] {
  let count = samples.count / 4
  let behind = background.channels
  return [UInt8](unsafeUninitializedCapacity: count * 3) { rgb, initialized in
    for pixel in 0..<count {
      let opacity = UInt32(samples[4 * pixel + 3])
      for channel in 0..<3 {
        let colour = UInt32(samples[4 * pixel + channel])
        rgb[3 * pixel + channel] = UInt8(divideBy255(colour * opacity + behind[channel] * (255 - opacity)))
      }
    }
    initialized = count * 3
  }
}

/// `value / 255` to the nearest whole number, for values up to 255 squared, without a division.
func divideBy255(_ value: UInt32) -> UInt32 {
  let rounded = value + 128
  return (rounded + rounded >> 8) >> 8
}
