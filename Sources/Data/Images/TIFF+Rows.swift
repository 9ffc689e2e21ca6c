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
    let channels = inks == nil ? 3 : 4
    var (samples, rows) = readRows(header, channels: channels)
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

  /// The samples pixel by pixel, and the number of rows that could be read; the others are 0.
  private func readRows(_ header: TIFFHeader, channels: Int) -> (samples: [UInt8], rows: Int) {
    let (width, height) = (header.size.width, header.size.height)
    let planes: UInt16? = value(284)
    let isPlanar = planes == 2
    // A row of all channels, or of one.
    let size = Int(clamping: library.rowSize(file))
    guard size == (isPlanar ? width : width * channels) else { return ([], 0) }
    var samples = [UInt8](repeating: 0, count: width * height * channels)
    var row = [UInt8](repeating: 0, count: size)
    var complete = height
    for plane in 0..<(isPlanar ? channels : 1) {
      for y in 0..<complete {
        guard library.readRow(file, &row, UInt32(y), UInt16(plane)) == 1 else {
          complete = y
          break
        }
        let start = y * width * channels
        if isPlanar {
          for x in 0..<width { samples[start + x * channels + plane] = row[x] }
        } else {
          samples.replaceSubrange(start..<start + size, with: row)
        }
      }
    }
    for place in complete * width * channels..<samples.count { samples[place] = 0 }
    return (samples, complete)
  }
}

extension [UInt8] {
  /// The colours of each pixel with its opacity.
  fileprivate func with(opacity: [UInt8]) -> [UInt8] {
    opacity.indices.flatMap { [self[3 * $0], self[3 * $0 + 1], self[3 * $0 + 2], opacity[$0]] }
  }
}
