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

/// RGB of RGBA pixels whose colours are multiplied by their opacity: `colour + background * (1 - opacity)`, rounded.
func compositePremultiplied(_ samples: [UInt8], over background: RGBColour) -> [UInt8] {
  let count = samples.count / 4
  let behind = background.channels
  return [UInt8](unsafeUninitializedCapacity: count * 3) { rgb, initialized in
    for pixel in 0..<count {
      let transparency = 255 - UInt32(samples[4 * pixel + 3])
      for channel in 0..<3 {
        let colour = UInt32(samples[4 * pixel + channel])
        rgb[3 * pixel + channel] = UInt8(min(colour + divideBy255(behind[channel] * transparency), 255))
      }
    }
    initialized = count * 3
  }
}

/// Divides the colours of RGBA pixels by their opacity.
func divideByOpacity(_ samples: inout [UInt8]) {
  for pixel in stride(from: 0, to: samples.count, by: 4) where samples[pixel + 3] != 0 && samples[pixel + 3] != 255 {
    let opacity = UInt32(samples[pixel + 3])
    for place in pixel..<pixel + 3 {
      samples[place] = UInt8(min((UInt32(samples[place]) * 255 + opacity / 2) / opacity, 255))
    }
  }
}

/// RGB of CMYK samples that are inverted (light, not ink): `R = C K / 255`, rounded, as in Pillow.
func rgbOfInvertedCMYK(_ samples: [UInt8]) -> [UInt8] {
  let count = samples.count / 4
  return [UInt8](unsafeUninitializedCapacity: count * 3) { rgb, initialized in
    for pixel in 0..<count {
      let key = UInt32(samples[4 * pixel + 3])
      for channel in 0..<3 {
        rgb[3 * pixel + channel] = UInt8(divideBy255(UInt32(samples[4 * pixel + channel]) * key))
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
