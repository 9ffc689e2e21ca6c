extension Orientation {
  private static let tag = 0x0112

  /// Reads the orientation of an EXIF block: a TIFF file without a picture, whose first directory lists tags.
  ///
  /// The value may have any integer type. Of several values and several entries the first and the last count, as in
  /// Pillow.
  ///
  /// Source: CIPA DC-008, "Exchangeable image file format", and Adobe's "TIFF 6.0", section 2.
  ///
  /// - Parameter exif: the block, with or without the `Exif` mark before it.
  /// - Returns: nil when the block is damaged, or holds no orientation or an impossible one.
  init?(exif: ArraySlice<UInt8>) {
    let mark: [UInt8] = [0x45, 0x78, 0x69, 0x66, 0, 0]
    var block = exif
    while block.starts(with: mark) { block = block.dropFirst(mark.count) }
    let order: ArraySlice<UInt8>.ByteOrder
    switch Array(block.prefix(4)) {
    // Some writers swap the bytes of the number 42.
    case [0x49, 0x49, 42, 0], [0x49, 0x49, 0, 42]: order = .littleEndian
    case [0x4d, 0x4d, 0, 42], [0x4d, 0x4d, 42, 0]: order = .bigEndian
    default: return nil
    }
    guard let directory = block.number(at: 4, bytes: 4, order),
      let count = block.number(at: directory, bytes: 2, order)
    else { return nil }
    let found = (0..<count).compactMap { index -> Orientation? in
      let entry = directory + 2 + 12 * index
      guard block.number(at: entry, bytes: 2, order) == Self.tag else { return nil }
      return Self.value(ofEntry: entry, in: block, order).flatMap(Orientation.init)
    }
    guard let last = found.last else { return nil }
    self = last
  }

  /// The first value of a directory entry: tag, type, count, and up to four bytes, or the place of more than four.
  private static func value(ofEntry entry: Int, in block: ArraySlice<UInt8>, _ order: ArraySlice<UInt8>.ByteOrder)
    -> Int?
  {
    // BYTE, SHORT, LONG, SBYTE, SSHORT, SLONG, IFD, and the 8-byte ones of BigTIFF. An orientation has no sign.
    let widths = [1: 1, 3: 2, 4: 4, 6: 1, 8: 2, 9: 4, 13: 4, 16: 8, 17: 8]
    guard let type = block.number(at: entry + 2, bytes: 2, order), let width = widths[type],
      let count = block.number(at: entry + 4, bytes: 4, order), count > 0,
      let place = width * count <= 4 ? entry + 8 : block.number(at: entry + 8, bytes: 4, order)
    else { return nil }
    return block.number(at: place, bytes: width, order)
  }
}
