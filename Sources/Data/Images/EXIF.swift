extension Orientation {
  private static let tag = 0x0112

  /// Reads the orientation of an EXIF block: a TIFF file without a picture, whose first directory lists tags.
  ///
  /// Source: CIPA DC-008, "Exchangeable image file format", and Adobe's "TIFF 6.0", section 2.
  ///
  /// - Parameter exif: the block, with or without the `Exif` mark before it.
  /// - Returns: nil when the block is damaged, or says nothing or nonsense of the orientation.
  init?(exif: ArraySlice<UInt8>) {
    let mark: [UInt8] = [0x45, 0x78, 0x69, 0x66, 0, 0]
    let block = exif.starts(with: mark) ? exif.dropFirst(mark.count) : exif
    let order: ArraySlice<UInt8>.ByteOrder
    if block.starts(with: [0x49, 0x49, 42, 0]) {
      order = .littleEndian
    } else if block.starts(with: [0x4d, 0x4d, 0, 42]) {
      order = .bigEndian
    } else {
      return nil
    }
    guard let directory = block.number(at: 4, bytes: 4, order),
      let count = block.number(at: directory, bytes: 2, order)
    else { return nil }
    for index in 0..<count {
      let entry = directory + 2 + 12 * index
      guard let tag = block.number(at: entry, bytes: 2, order) else { return nil }
      if tag == Self.tag {
        self.init(entry: block.part(at: entry, bytes: 12), order)
        return
      }
    }
    return nil
  }

  /// Reads the value of a directory entry: tag, type, count and up to four bytes.
  private init?(entry: ArraySlice<UInt8>, _ order: ArraySlice<UInt8>.ByteOrder) {
    let (byte, short, long) = (1, 3, 4)
    let bytes = [byte: 1, short: 2, long: 4]
    guard let type = entry.number(at: 2, bytes: 2, order), let width = bytes[type],
      let value = entry.number(at: 8, bytes: width, order)
    else { return nil }
    self.init(rawValue: value)
  }
}
