/// How a picture is brought to another size; its proportions are not kept.
public enum Resize: String, Hashable, Codable, Sendable, CaseIterable {
  /// Between the four nearest pixels, half-pixel centres, edges repeated: OpenCV's `INTER_LINEAR`.
  ///
  /// When a picture shrinks by more than two, most of its pixels are left out, which shows as noise in fine patterns.
  case bilinear

  /// A triangle as wide as the reduction, so that every pixel counts: Pillow's `BILINEAR`, torchvision's `antialias`.
  case bilinearAntialiased
}

extension Image {
  /// The picture at another size, each value within 1 of the library that ``Resize`` names.
  ///
  /// Two passes, rows first: the sum over rows runs along whole lines, and only lines of the result reach the second.
  /// No rounding between the passes.
  ///
  /// Cost: `height * width` products for antialiasing, otherwise `2 * size.height * width`.
  public func resized(to size: ImageSize, _ resize: Resize) -> Image {
    if size.height == height && size.width == width { return self }
    let rowTaps = ResizeTaps.make(from: height, to: size.height, resize)
    let columnTaps = ResizeTaps.make(from: width, to: size.width, resize)
    var line = [Float](repeating: 0, count: width * 3)
    let resized = [UInt8](unsafeUninitializedCapacity: size.height * size.width * 3) { target, initialized in
      for (row, taps) in rowTaps.enumerated() {
        sumRows(taps, into: &line)
        let start = row * size.width * 3
        sumColumns(of: line, columnTaps, into: target[start..<start + size.width * 3])
      }
      initialized = target.count
    }
    return Image(width: size.width, height: size.height, pixels: resized)
  }

  /// The weighted sum of some rows, as wide as the picture.
  private func sumRows(_ taps: ResizeTaps, into line: inout [Float]) {
    let stride = width * 3
    pixels.withUnsafeBufferPointer { pixels in
      line.withUnsafeMutableBufferPointer { line in
        line.update(repeating: 0)
        for (offset, weight) in taps.weights.enumerated() {
          let source = UnsafeBufferPointer(rebasing: pixels[((taps.first + offset) * stride)...].prefix(stride))
          for index in 0..<stride { line[index] += weight * Float(source[index]) }
        }
      }
    }
  }
}

/// One line of the result: for each pixel and channel a weighted sum along `line`, rounded to the nearest byte.
private func sumColumns(
  of line: [Float], _ columnTaps: [ResizeTaps], into target: Slice<UnsafeMutableBufferPointer<UInt8>>
) {
  var position = target.startIndex
  for taps in columnTaps {
    var (red, green, blue) = (Float(0.5), Float(0.5), Float(0.5))
    var source = taps.first * 3
    for weight in taps.weights {
      red += weight * line[source]
      green += weight * line[source + 1]
      blue += weight * line[source + 2]
      source += 3
    }
    target.base[position] = UInt8(red)
    target.base[position + 1] = UInt8(green)
    target.base[position + 2] = UInt8(blue)
    position += 3
  }
}
