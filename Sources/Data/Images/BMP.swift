/// Decodes a BMP: 1 to 32 bits a pixel, with or without a palette, plain or run-length encoded.
func decodeBMP(_ bytes: [UInt8], _ settings: DecodingSettings) throws(ImageRefusal) -> StoredImage {
  let header = try BMPHeader(bytes)
  try header.checkKind()
  let size = header.size
  try settings.limits.check(width: size.width, height: size.height)
  var isWhole = true
  var hasOpacity = false
  // What a file leaves out is transparent: pixels that runs jump over, and rows behind its end.
  var samples = [UInt8](unsafeUninitializedCapacity: 4 * size.height * size.width) { target, initialized in
    target.initialize(repeating: 0)
    initialized = target.count
    let rows = BMPRows(header, target)
    bytes.withUnsafeBufferPointer { bytes in
      let data = UnsafeBufferPointer(rebasing: bytes[min(header.pixelOffset, bytes.count)...])
      switch header.compression {
      case .runs4, .runs8: isWhole = rows.decodeRuns(data)
      default: isWhole = rows.decodePlain(data)
      }
    }
    hasOpacity = header.masks?.alpha != nil && stride(from: 3, to: target.count, by: 4).contains { target[$0] != 0 }
  }
  if header.masks?.alpha != nil, !hasOpacity {
    // Programs write zeros for opacity that they know nothing of.
    for place in stride(from: 3, to: samples.count, by: 4) { samples[place] = 255 }
  }
  let damage = ImageRefusal(found: "a damaged BMP: premature end of file", expected: "a BMP with all its data")
  return StoredImage(size: size, samples: samples, kind: .rgba, damage: isWhole ? nil : damage)
}

/// The pixels of a BMP on their way to RGBA.
private struct BMPRows {
  private let header: BMPHeader
  private let target: UnsafeMutableBufferPointer<UInt8>
  private let height: Int
  private let width: Int

  init(_ header: BMPHeader, _ target: UnsafeMutableBufferPointer<UInt8>) {
    (self.header, self.target) = (header, target)
    (height, width) = (header.size.height, header.size.width)
  }

  /// Where a stored row begins in the result.
  private func place(ofRow row: Int) -> Int { 4 * width * (header.isTopDown ? row : height - 1 - row) }

  private func write(_ index: Int, to place: Int) {
    let colour = header.palette.indices.contains(index) ? header.palette[index] : .black
    (target[place], target[place + 1], target[place + 2], target[place + 3]) = (
      colour.red, colour.green, colour.blue, 255
    )
  }

  /// Decodes rows of pixels, each filled up to a multiple of four bytes.
  ///
  /// - Returns: whether they are all there.
  func decodePlain(_ data: UnsafeBufferPointer<UInt8>) -> Bool {
    let (length, stride) = (header.rowLength, header.rowStride)
    for row in 0..<height {
      let start = row * stride
      guard start + length <= data.count else { return false }
      let line = UnsafeBufferPointer(rebasing: data[start..<start + length])
      let place = place(ofRow: row)
      switch header.bitCount {
      case 16, 32:
        decode(line, header.masks ?? .standard(bitCount: header.bitCount), to: place)
      case 24:
        for column in 0..<width {
          let pixel = place + 4 * column
          for channel in 0..<3 { target[pixel + channel] = line[3 * column + 2 - channel] }
          target[pixel + 3] = 255
        }
      default:
        let bits = header.bitCount
        for column in 0..<width {
          let shift = 8 - bits - column * bits % 8
          write(Int(line[column * bits / 8] >> UInt8(shift)) & (1 << bits - 1), to: place + 4 * column)
        }
      }
    }
    return true
  }

  private func decode(_ line: UnsafeBufferPointer<UInt8>, _ masks: BMPMasks, to place: Int) {
    let byteCount = header.bitCount / 8
    for column in 0..<width {
      var value: UInt32 = 0
      for byte in 0..<byteCount { value |= UInt32(line[byteCount * column + byte]) << UInt32(8 * byte) }
      let pixel = place + 4 * column
      target[pixel] = masks.red.value(in: value)
      target[pixel + 1] = masks.green.value(in: value)
      target[pixel + 2] = masks.blue.value(in: value)
      target[pixel + 3] = masks.alpha?.value(in: value) ?? 255
    }
  }

  /// Decodes runs of one colour, lists of colours, and jumps. What lies outside the picture is passed over.
  ///
  /// - Returns: whether their end is there, or all pixels.
  func decodeRuns(_ data: UnsafeBufferPointer<UInt8>) -> Bool {
    let isNarrow = header.compression == .runs4
    var (row, column, position) = (0, 0, 0)
    func put(_ index: UInt8) {
      if row < height, column < width { write(Int(index), to: place(ofRow: row) + 4 * column) }
      column += 1
    }
    while row < height {
      guard position + 2 <= data.count else { return row == height - 1 && column >= width }
      let (count, value) = (Int(data[position]), data[position + 1])
      position += 2
      switch (count, value) {
      case (0, 0): (row, column) = (row + 1, 0)
      case (0, 1): return true
      case (0, 2):
        guard position + 2 <= data.count else { return false }
        column += Int(data[position])
        row += Int(data[position + 1])
        position += 2
      case (0, _):
        let byteCount = isNarrow ? (Int(value) + 1) / 2 : Int(value)
        guard position + byteCount <= data.count else { return false }
        for number in 0..<Int(value) {
          let byte = data[position + (isNarrow ? number / 2 : number)]
          put(isNarrow ? (number % 2 == 0 ? byte >> 4 : byte & 15) : byte)
        }
        position += byteCount + byteCount % 2
      default:
        for number in 0..<count { put(isNarrow ? (number % 2 == 0 ? value >> 4 : value & 15) : value) }
      }
    }
    return true
  }
}
