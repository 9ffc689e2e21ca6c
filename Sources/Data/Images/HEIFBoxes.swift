/// The coded pictures in a HEIC or an AVIF, as far as their sizes need it: where the data of each item are, and how it is coded.
///
/// Source: ISO/IEC 14496-12, sections 8.11.3 (`iloc`) and 8.11.6 (`iinf`); ISO/IEC 23008-12.
struct HEIFBoxes {
  /// The data of an item, in one or more parts.
  struct Item {
    let coding: String
    let parts: [ArraySlice<UInt8>]
  }

  private(set) var items: [Item] = []
  /// The contents of the properties that describe how pictures are coded, by their names.
  private(set) var properties: [(name: String, content: ArraySlice<UInt8>)] = []

  /// Reads what every version of libheif may take for the pictures: all descriptions of all boxes `meta`.
  ///
  /// - Throws: ``ImageRefusal`` if the places of the data can be read in two ways or not at all, or if the parts of items are
  ///   much longer than the file together.
  init(_ bytes: [UInt8]) throws(ImageRefusal) {
    var length = 0
    for meta in Self.boxes(bytes[...]) where meta.name == "meta" {
      let boxes = Self.boxes(meta.content.dropFirst(4))
      func content(_ name: String) -> ArraySlice<UInt8> { boxes.first { $0.name == name }?.content ?? [] }
      for properties in Self.boxes(content("iprp")) where properties.name == "ipco" {
        self.properties += Self.boxes(properties.content)
      }
      let codings = Self.codings(content("iinf"))
      let inner = content("idat")
      for place in try Self.places(content("iloc")) {
        let source = place.isInside ? inner : bytes[...]
        let parts = place.parts.map { source.part(at: $0.start, bytes: $0.count) }
        // libheif refuses a part that the file does not hold, but leaves one out that `idat` does not hold.
        guard !place.isInside || place.parts.allSatisfy({ $0.start + $0.count <= inner.count }) else {
          throw Self.unusable("data outside of their box")
        }
        length += parts.reduce(0) { $0 + $1.count }
        guard length <= 4 * bytes.count else { throw Self.unusable("its items share their data") }
        items += codings[place.item, default: []].map { Item(coding: $0, parts: parts) }
      }
    }
  }

  private static func unusable(_ reason: String) -> ImageRefusal {
    ImageRefusal(found: "an unusable AVIF or HEIC: \(reason)")
  }

  /// The boxes that follow each other: each a length, a name and a content.
  private static func boxes(_ bytes: ArraySlice<UInt8>) -> [(name: String, content: ArraySlice<UInt8>)] {
    var boxes: [(String, ArraySlice<UInt8>)] = []
    var rest = bytes
    while let short = rest.number(at: 0, bytes: 4, .bigEndian), rest.count >= 8 {
      let isLong = short == 1
      let head = isLong ? 16 : 8
      // The highest bit of eight bytes would be a sign.
      guard let length = isLong ? rest.number(at: 9, bytes: 7, .bigEndian) : short == 0 ? rest.count : short,
        length >= head
      else { return boxes }
      boxes.append(
        (String(decoding: rest.part(at: 4, bytes: 4), as: UTF8.self), rest.part(at: head, bytes: length - head)))
      rest = rest.dropFirst(length)
    }
    return boxes
  }

  /// The codings of each item, by its number: one, unless the file contradicts itself.
  private static func codings(_ content: ArraySlice<UInt8>) -> [Int: Set<String>] {
    let version = content.first ?? 0
    var codings: [Int: Set<String>] = [:]
    for box in boxes(content.dropFirst(version == 0 ? 6 : 8)) where box.name == "infe" {
      guard let version = box.content.first, version >= 2 else { continue }
      let numberBytes = version == 2 ? 2 : 4
      guard let item = box.content.number(at: 4, bytes: numberBytes, .bigEndian) else { continue }
      let coding = box.content.part(at: 6 + numberBytes, bytes: 4)
      codings[item, default: []].insert(String(decoding: coding, as: UTF8.self))
    }
    return codings
  }

  private struct Place {
    let item: Int
    /// Whether the data are in the box `idat`, not in the file.
    let isInside: Bool
    let parts: [(start: Int, count: Int)]
  }

  private static func places(_ content: ArraySlice<UInt8>) throws(ImageRefusal) -> [Place] {
    if content.isEmpty { return [] }
    var position = 0
    func next(_ count: Int) throws(ImageRefusal) -> Int {
      defer { position += count }
      // Such an end is far behind any file, and the sum of two of them is a number.
      guard let number = content.number(at: position, bytes: count, .bigEndian), 0..<1 << 60 ~= number else {
        throw unusable("a damaged list of places")
      }
      return number
    }
    let version = try next(1)
    _ = try next(3)
    let (sizes, further) = (try next(1), try next(1))
    let (offsetBytes, lengthBytes, baseBytes) = (sizes >> 4, sizes & 15, further >> 4)
    let indexBytes = version == 0 ? 0 : further & 15
    // Versions of libheif differ in how they read other lengths, and indices in version 1.
    guard [offsetBytes, lengthBytes, baseBytes, indexBytes].allSatisfy({ [0, 4, 8].contains($0) }),
      version != 1 || indexBytes == 0
    else { throw unusable("places in numbers of unusual lengths") }
    // No room is set aside for a count that the file may not keep.
    var places: [Place] = []
    for _ in 0..<(try next(version < 2 ? 2 : 4)) {
      let item = try next(version < 2 ? 2 : 4)
      let method = try next(version == 0 ? 0 : 2)
      _ = try next(2)
      let base = try next(baseBytes)
      let partCount = try next(2)
      guard partCount <= 1 || offsetBytes + lengthBytes > 0 else { throw unusable("many parts in one place") }
      var parts: [(start: Int, count: Int)] = []
      for _ in 0..<partCount {
        _ = try next(indexBytes)
        parts.append((base + (try next(offsetBytes)), try next(lengthBytes)))
      }
      places.append(Place(item: item, isInside: method & 15 == 1, parts: parts))
    }
    return places
  }
}
