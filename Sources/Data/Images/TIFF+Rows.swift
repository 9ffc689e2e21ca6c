import Tensor

// The samples as they are in the file, for colours that libtiff does not convert as wanted.

extension TIFFFile {
  /// Whether the rows can be read one by one: the file has strips.
  var canReadRows: Bool { library.isTiled(file) == 0 }

  /// The picture in Lab, converted to sRGB; or with inks, if they have a profile of their own to be converted by.
  ///
  /// - Returns: `nil` for all other pictures, which libtiff converts.
  /// - Throws: ``ImageRefusal`` if no row can be read, or the library that converts the colours is missing.
  func decodeRows(_ header: TIFFHeader, convertsInks: Bool) throws(ImageRefusal) -> StoredImage? {
    let inks = convertsInks && canReadRows ? try profileOfInks(header) : nil
    guard header.isPlainLab || inks != nil else { return nil }
    var (samples, rows) = readRows(header, samples: 0..<header.samples)
    guard rows > 0 else { throw ImageRefusal(found: "an unusable TIFF: \(message)") }
    if inks == nil {
      // Lightness, and then a and b with a sign.
      for place in samples.indices where place % 3 != 0 { samples[place] ^= 0x80 }
      samples = try ColourProfile.convert(lab: samples)
    } else {
      for place in samples.indices { samples[place] = ~samples[place] }
    }
    // What a damaged file leaves out is background, as in all other pictures.
    var opacity: [UInt8]?
    if rows < header.size.height, inks == nil {
      opacity = samples.indices.filter { $0 % 3 == 0 }.map { $0 / 3 < rows * header.size.width ? 255 : 0 }
    }
    return StoredImage(
      size: header.size, samples: opacity.map { samples.with(opacity: $0) } ?? samples,
      kind: inks != nil ? .invertedCMYK : opacity == nil ? .rgb : .rgba, orientation: header.orientation,
      damage: rows < header.size.height || hasError
        ? ImageRefusal(found: "a damaged TIFF: \(message)", expected: "a TIFF with all its data") : nil,
      profile: inks)
  }

  /// The profile of a picture with the four inks, one byte each.
  private func profileOfInks(_ header: TIFFHeader) throws(ImageRefusal) -> [UInt8]? {
    let inkSet: UInt16? = value(332)
    guard header.photometric == 5, header.bitDepth == 8, header.samples == 4, inkSet ?? 1 == 1, let profile,
      try ColourProfile.space(of: profile) == .cmyk
    else { return nil }
    return profile
  }

  /// Some samples of each pixel, pixel by pixel, and the number of rows that could be read; the others are 0. Of 16 bits the
  /// nearest value of 8 is taken.
  func readRows(_ header: TIFFHeader, samples wanted: Range<Int>) -> (samples: [UInt8], rows: Int) {
    let (width, height, channels) = (header.size.width, header.size.height, wanted.count)
    let step = header.isPlanar ? 1 : header.samples
    let isDeep = header.bitDepth == 16
    guard isDeep || header.bitDepth == 8, wanted.upperBound <= header.samples,
      Int(clamping: library.rowSize(file)) == saturatingProduct(width, step * (isDeep ? 2 : 1))
    else { return ([UInt8](repeating: 0, count: width * height * channels), 0) }
    var samples = [UInt8](repeating: 0, count: width * height * channels)
    var row = [UInt8](repeating: 0, count: width * step * (isDeep ? 2 : 1))
    var complete = height
    for plane in header.isPlanar ? wanted : 0..<1 {
      let (read, first) = header.isPlanar ? (1, plane - wanted.lowerBound) : (channels, 0)
      for y in 0..<complete {
        guard library.readRow(file, &row, UInt32(y), UInt16(plane)) == 1 else {
          complete = y
          break
        }
        for x in 0..<width {
          for channel in 0..<read {
            let place = x * step + (header.isPlanar ? 0 : wanted.lowerBound + channel)
            samples[(y * width + x) * channels + first + channel] = isDeep ? row.byte(ofDeep: place) : row[place]
          }
        }
      }
    }
    for place in complete * width * channels..<samples.count { samples[place] = 0 }
    return (samples, complete)
  }
}

extension [UInt8] {
  /// A sample of 16 bits in the order of the machine, to which libtiff converts them, as one of 8.
  fileprivate func byte(ofDeep index: Int) -> UInt8 {
    let sample = withUnsafeBytes { $0.loadUnaligned(fromByteOffset: 2 * index, as: UInt16.self) }
    return UInt8((UInt32(sample) + 128) / 257)
  }

  /// The colours of each pixel with its opacity.
  fileprivate func with(opacity: [UInt8]) -> [UInt8] {
    opacity.indices.flatMap { [self[3 * $0], self[3 * $0 + 1], self[3 * $0 + 2], opacity[$0]] }
  }
}
