/// What stands before the pixels of a BMP: the headers of Windows 2 to 5, and of OS/2.
///
/// Source: Microsoft, "Bitmap Storage" and "BITMAPV5HEADER"; IBM, "OS/2 Bitmap File Format".
struct BMPHeader {
  /// How the pixels are stored, by the numbers of Windows.
  enum Compression: Int {
    case none = 0
    case runs8 = 1
    case runs4 = 2
    case masks = 3
    case jpeg = 4
    case png = 5
    case masksWithOpacity = 6
  }

  let size: ImageSize
  /// Whether the first stored row is at the top.
  let isTopDown: Bool
  /// Bits of a pixel.
  let bitCount: Int
  /// `nil` if the number has no meaning here.
  let compression: Compression?
  /// Where the pixels begin.
  let pixelOffset: Int
  private(set) var palette: [RGBColour] = []
  private(set) var masks: BMPMasks?

  /// - Throws: ``ImageRefusal`` if the header makes no sense.
  init(_ bytes: [UInt8]) throws(ImageRefusal) {
    let file = bytes[...]
    func number(_ offset: Int, _ count: Int) throws(ImageRefusal) -> Int {
      guard let number = file.number(at: offset, bytes: count, .littleEndian) else { throw Self.refusal }
      return number
    }
    let headerSize = try number(14, 4)
    let isOld = headerSize == 12
    let (width, height) =
      isOld
      ? (try number(18, 2), try number(20, 2))
      : (try number(18, 4), Int(Int32(truncatingIfNeeded: try number(22, 4))))
    guard isOld || (16...1024).contains(headerSize), height != 0, height > Int(Int32.min),
      width > 0, width <= Int(Int32.max)
    else { throw Self.refusal }
    size = ImageSize(height: abs(height), width: width)
    isTopDown = height < 0
    bitCount = try number(isOld ? 24 : 28, 2)
    let method = headerSize >= 20 ? try number(30, 4) : 0
    // In the second header of OS/2, these numbers stand for other methods.
    let isOS2 = headerSize == 64 || headerSize < 40
    compression = isOS2 && method > 2 ? nil : Compression(rawValue: method)

    var end = 14 + headerSize
    if compression == .masks || compression == .masksWithOpacity, [16, 32].contains(bitCount) {
      let hasOpacity = compression == .masksWithOpacity || headerSize >= 56
      var numbers: [UInt32] = []
      for index in 0..<(hasOpacity ? 4 : 3) { numbers.append(UInt32(try number(54 + 4 * index, 4))) }
      masks = BMPMasks(numbers, bitCount: bitCount)
      guard masks != nil else { throw ImageRefusal(found: "an unusable BMP: its colour masks make no sense") }
      if headerSize == 40 { end += 4 * numbers.count }
    }
    let offset = try number(10, 4)
    if bitCount <= 8 {
      let used = headerSize >= 36 ? try number(46, 4) : 0
      let entry = isOld ? 3 : 4
      let count = min(used == 0 ? 256 : used, 1 << bitCount, max(offset == 0 ? .max : offset - end, 0) / entry)
      for index in 0..<count {
        let place = end + entry * index
        guard place + 3 <= bytes.count else { throw Self.refusal }
        palette.append(RGBColour(red: bytes[place + 2], green: bytes[place + 1], blue: bytes[place]))
      }
      end += entry * count
    }
    pixelOffset = offset == 0 ? end : offset
  }

  private static let refusal = ImageRefusal(found: "an unusable BMP: the header makes no sense")

  /// Bytes of the pixels of a row.
  var rowLength: Int { (size.width * bitCount + 7) / 8 }
  /// Bytes from one row to the next.
  var rowStride: Int { (size.width * bitCount + 31) / 32 * 4 }

  /// Refuses the kinds of BMP that are not decoded, by their names.
  func checkKind() throws(ImageRefusal) {
    let expected = "a BMP of Windows with 1 to 32 bits, plain or run-length encoded"
    let isKnown: Bool
    switch compression {
    case .jpeg: throw ImageRefusal(found: "a BMP with a JPEG in it", expected: expected)
    case .png: throw ImageRefusal(found: "a BMP with a PNG in it", expected: expected)
    case .some(.none): isKnown = [1, 2, 4, 8, 16, 24, 32].contains(bitCount)
    case .runs8: isKnown = bitCount == 8 && !isTopDown
    case .runs4: isKnown = bitCount == 4 && !isTopDown
    case .masks, .masksWithOpacity: isKnown = masks != nil
    case nil: throw ImageRefusal(found: "a BMP with a compression of OS/2 or a printer", expected: expected)
    }
    guard isKnown else { throw ImageRefusal(found: "a BMP with \(bitCount) bits a pixel", expected: expected) }
    if bitCount <= 8, palette.isEmpty { throw ImageRefusal(found: "an unusable BMP: a palette without colours") }
  }
}

/// Which bits of a pixel are red, green, blue and opacity.
struct BMPMasks {
  /// Some bits that follow each other.
  struct Channel {
    private let mask: UInt32
    private let shift: UInt32
    private let largest: UInt64

    /// `nil` unless the bits follow each other.
    init?(_ mask: UInt32) {
      shift = UInt32(mask == 0 ? 0 : mask.trailingZeroBitCount)
      largest = UInt64(mask >> shift)
      guard largest & (largest + 1) == 0 else { return nil }
      self.mask = mask
    }

    /// The value from 0 to 255.
    func value(in pixel: UInt32) -> UInt8 {
      guard largest > 0 else { return 0 }
      return UInt8((UInt64((pixel & mask) >> shift) * 255 + largest / 2) / largest)
    }
  }

  let red, green, blue: Channel
  let alpha: Channel?

  fileprivate init?(_ masks: [UInt32], bitCount: Int) {
    guard masks.allSatisfy({ bitCount == 32 || $0 < 1 << 16 }), masks.prefix(3).contains(where: { $0 != 0 }),
      let red = Channel(masks[0]), let green = Channel(masks[1]), let blue = Channel(masks[2])
    else { return nil }
    (self.red, self.green, self.blue) = (red, green, blue)
    guard masks.count > 3, masks[3] != 0 else {
      alpha = nil
      return
    }
    guard let alpha = Channel(masks[3]) else { return nil }
    self.alpha = alpha
  }

  /// Those of a file that names none: 5 bits each of 16, 8 bits each of 32.
  static func standard(bitCount: Int) -> BMPMasks {
    let masks: [UInt32] = bitCount == 16 ? [0x7C00, 0x3E0, 0x1F] : [0xFF_0000, 0xFF00, 0xFF]
    guard let standard = BMPMasks(masks, bitCount: bitCount) else { fatalError("BMP: the usual masks make no sense") }
    return standard
  }
}
