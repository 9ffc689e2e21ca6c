import Tensor

// Photos as bytes, one plane for each channel: what a data set keeps, and what inputs are made of.

extension Preprocessing {
  /// Decodes and resizes a photo and writes it plane by plane, `3 * height * width` bytes.
  ///
  /// - Returns: what is wrong with the file, nil when it is whole.
  /// - Throws: ``ImageError`` when the bytes hold no picture or exceed `limits`; `target` is then left as it was.
  package func writePlanes(
    decoding bytes: [UInt8], path: String, limits: ImageLimits, to target: UnsafeMutableBufferPointer<UInt8>
  ) throws(ImageError) -> ImageError? {
    do throws(ImageRefusal) {
      if ImageFormat(of: bytes) == .jpeg, let resized = try decodeJPEG(bytes, resizing: self, limits: limits) {
        writePlanes(ofResized: resized.image, to: target)
        return resized.damage?.error(path: path)
      }
    } catch {
      throw error.error(path: path)
    }
    let decoded = try DecodedImage(
      decoding: bytes, path: path, background: background, profiles: profiles, limits: limits)
    writePlanes(of: decoded.image, to: target)
    return decoded.damage
  }

  /// Resizes a picture and writes it plane by plane: one colour of all pixels, then the next.
  package func writePlanes(of image: Image, to target: UnsafeMutableBufferPointer<UInt8>) {
    writePlanes(
      ofResized: image.resized(to: imageSize, resize, framing: framing, cropShare: cropShare, background: background),
      to: target)
  }

  private func writePlanes(ofResized image: Image, to target: UnsafeMutableBufferPointer<UInt8>) {
    let plane = imageSize.height * imageSize.width
    let (red, blue) = colours == .rgb ? (0, 2 * plane) : (2 * plane, 0)
    image.pixels.withUnsafeBufferPointer { pixels in
      for index in 0..<plane {
        target[red + index] = pixels[3 * index]
        target[plane + index] = pixels[3 * index + 1]
        target[blue + index] = pixels[3 * index + 2]
      }
    }
  }

  /// Writes the values that a model sees of the planes of one photo.
  package func writeScaled(_ planes: UnsafeBufferPointer<UInt8>, to target: UnsafeMutableBufferPointer<Float>) {
    let plane = imageSize.height * imageSize.width
    for channel in 0..<3 {
      let (factor, offset) = scaling(ofChannel: channel)
      for index in channel * plane..<(channel + 1) * plane {
        target[index] = Float(planes[index]) * factor + offset
      }
    }
  }

  /// Turns the planes of one photo with values from 0 to 1 into those that a model sees.
  func scale(_ planes: UnsafeMutableBufferPointer<Float>) {
    let plane = imageSize.height * imageSize.width
    for channel in 0..<3 {
      let (factor, offset) = scaling(ofChannel: channel)
      if factor == 1 / 255 && offset == 0 { continue }
      for index in channel * plane..<(channel + 1) * plane { planes[index] = planes[index] * (255 * factor) + offset }
    }
  }

  /// What a byte of a channel is multiplied by, and what is added to that.
  package func scaling(ofChannel channel: Int) -> (factor: Float, offset: Float) {
    guard let normalization else { return (scale, 0) }
    let colour = colours == .rgb ? channel : 2 - channel
    return (scale / normalization.deviation[colour], -normalization.mean[colour] / normalization.deviation[colour])
  }

  /// The picture whose planes these are, at the size of the input.
  func image(ofPlanes planes: UnsafeBufferPointer<UInt8>) -> Image {
    let plane = imageSize.height * imageSize.width
    let pixels = (0..<3 * plane).map { position in
      let channel = colours == .rgb ? position % 3 : 2 - position % 3
      return planes[channel * plane + position / 3]
    }
    return Image(width: imageSize.width, height: imageSize.height, pixels: pixels)
  }
}
