// A HEIC or an AVIF says its size in a box, and the coded pictures say theirs once more. A decoder takes memory for the latter.

/// Refuses a HEIC or an AVIF whose coded pictures are larger than the limits, or coded in another way than with HEVC or AV1.
func checkCodedSizes(_ bytes: [UInt8], _ format: ImageFormat, _ limits: ImageLimits) throws(ImageRefusal) {
  let boxes = try HEIFBoxes(bytes)
  var sizes: [(width: Int, height: Int)] = []
  var lengthBytes: Set<Int> = []
  for (name, content) in boxes.properties {
    if name == "av1C" { sizes += av1Sizes(content.dropFirst(4)) }
    guard name == "hvcC", let width = content.number(at: 21, bytes: 1, .bigEndian) else { continue }
    lengthBytes.insert(width & 3 + 1)
    sizes += hevcSizes(ofConfiguration: content.dropFirst(22))
  }
  for item in boxes.items {
    switch item.coding {
    case "av01":
      sizes += av1Sizes(try data(of: item, format))
    case "hvc1":
      let data = try data(of: item, format)
      for count in lengthBytes { sizes += hevcSizes(data, lengthBytes: count) }
    case "jpeg", "j2k1", "avc1", "vvc1", "evc1", "unci":
      throw ImageRefusal(
        found: "\(format.withArticle) with a picture that is coded as \(item.coding)", expected: "HEVC or AV1")
    default: break
    }
  }
  // A coded picture may be filled up to whole blocks.
  for size in sizes { try limits.check(width: max(size.width - 64, 1), height: max(size.height - 64, 1)) }
}

/// The data of a picture. Older versions of libheif lose memory with each one that has none.
private func data(of item: HEIFBoxes.Item, _ format: ImageFormat) throws(ImageRefusal) -> ArraySlice<UInt8> {
  let data = ArraySlice(item.parts.joined())
  if data.isEmpty { throw ImageRefusal(found: "an unusable \(format): a picture without data") }
  return data
}

/// The sizes in the sequence headers of AV1 ("AV1 Bitstream & Decoding Process Specification", sections 5.3 and 5.5).
private func av1Sizes(_ data: ArraySlice<UInt8>) -> [(width: Int, height: Int)] {
  var sizes: [(Int, Int)] = []
  var rest = data
  while let first = rest.first {
    let (kind, isExtended, hasLength) = (first >> 3 & 15, first & 4 != 0, first & 2 != 0)
    rest = rest.dropFirst(isExtended ? 2 : 1)
    var length = rest.count
    if hasLength {
      length = 0
      for index in 0..<8 {
        guard let byte = rest.popFirst() else { return sizes }
        length |= Int(byte & 0x7F) << (7 * index)
        if byte & 0x80 == 0 { break }
      }
    }
    if kind == 1 { sizes.append(av1Size(rest.prefix(length))) }
    rest = rest.dropFirst(length)
  }
  return sizes
}

private func av1Size(_ header: ArraySlice<UInt8>) -> (width: Int, height: Int) {
  var reader = BitReader(header)
  // The profile, and whether there is one picture.
  reader.skip(4)
  if reader.flag() {
    reader.skip(5)
  } else {
    var delayBits: Int?
    // Timing.
    if reader.flag() {
      reader.skip(64)
      if reader.flag() { _ = reader.exponential() }
      if reader.flag() {
        delayBits = reader.number(5) + 1
        reader.skip(32 + 5 + 5)
      }
    }
    let hasDisplayDelay = reader.flag()
    for _ in 0...reader.number(5) {
      reader.skip(12)
      if reader.number(5) > 7 { reader.skip(1) }
      if let delayBits, reader.flag() { reader.skip(2 * delayBits + 1) }
      if hasDisplayDelay, reader.flag() { reader.skip(4) }
    }
  }
  let (widthBits, heightBits) = (reader.number(4) + 1, reader.number(4) + 1)
  return (reader.number(widthBits) + 1, reader.number(heightBits) + 1)
}

/// The sizes in the parameter sets beside the pictures (ISO/IEC 14496-15, section 8.3.3.1): lists of units of one kind each.
private func hevcSizes(ofConfiguration content: ArraySlice<UInt8>) -> [(width: Int, height: Int)] {
  var sizes: [(Int, Int)] = []
  var rest = content.dropFirst()
  for _ in 0..<(content.first ?? 0) {
    guard let count = rest.number(at: 1, bytes: 2, .bigEndian) else { return sizes }
    rest = rest.dropFirst(3)
    for _ in 0..<count {
      guard let length = rest.number(at: 0, bytes: 2, .bigEndian) else { return sizes }
      if let size = hevcSize(rest.part(at: 2, bytes: length)) { sizes.append(size) }
      rest = rest.dropFirst(2 + length)
    }
  }
  return sizes
}

/// The sizes in the parameter sets among the data of a picture: units, each behind its length.
private func hevcSizes(_ data: ArraySlice<UInt8>, lengthBytes: Int) -> [(width: Int, height: Int)] {
  var sizes: [(Int, Int)] = []
  var rest = data
  while let length = rest.number(at: 0, bytes: lengthBytes, .bigEndian) {
    if let size = hevcSize(rest.part(at: lengthBytes, bytes: length)) { sizes.append(size) }
    rest = rest.dropFirst(lengthBytes + length)
  }
  return sizes
}

/// The size in a sequence parameter set (ITU-T H.265, section 7.3.2.2); `nil` for another unit.
private func hevcSize(_ unit: ArraySlice<UInt8>) -> (width: Int, height: Int)? {
  guard let first = unit.first, first >> 1 & 63 == 33 else { return nil }
  // The size is near the beginning.
  let bytes = withoutEmulationBytes(unit.dropFirst(2).prefix(200))
  var reader = BitReader(bytes[...])
  reader.skip(4)
  let layers = reader.number(3)
  // Nesting, then the profile and level of all layers.
  reader.skip(1 + 96)
  let hasParts = (0..<layers).map { _ in (profile: reader.flag(), level: reader.flag()) }
  if layers > 0 { reader.skip(2 * (8 - layers)) }
  for part in hasParts { reader.skip((part.profile ? 88 : 0) + (part.level ? 8 : 0)) }
  _ = reader.exponential()
  if reader.exponential() == 3 { reader.skip(1) }
  return (reader.exponential(), reader.exponential())
}

/// The bytes without the 3 that follows each two zeros (section 7.4.2).
private func withoutEmulationBytes(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
  var zeros = 0
  return bytes.filter { byte in
    let isNeeded = byte != 3 || zeros < 2
    zeros = byte == 0 ? zeros + 1 : 0
    return isNeeded
  }
}
