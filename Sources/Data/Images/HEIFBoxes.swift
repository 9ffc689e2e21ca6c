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

  /// - Throws: ``ImageRefusal`` if the parts of items are much longer than the file together.
  init(_ bytes: [UInt8]) throws(ImageRefusal) {
    guard let meta = Self.boxes(bytes[...]).first(where: { $0.name == "meta" }) else { return }
    let boxes = Self.boxes(meta.content.dropFirst(4))
    func content(_ name: String) -> ArraySlice<UInt8> { boxes.first { $0.name == name }?.content ?? [] }
    for properties in Self.boxes(content("iprp")) where properties.name == "ipco" {
      self.properties += Self.boxes(properties.content)
    }
    let codings = Self.codings(content("iinf"))
    let places = Self.places(content("iloc"))
    let inner = content("idat")
    var length = 0
    for place in places {
      guard let coding = codings[place.item] else { continue }
      let source = place.isInside ? inner : bytes[...]
      let parts = place.parts.map { source.part(at: $0.start, bytes: $0.count) }
      length += parts.reduce(0) { $0 + $1.count }
      guard length <= 4 * bytes.count else {
        throw ImageRefusal(found: "an unusable AVIF or HEIC: its items share their data")
      }
      items.append(Item(coding: coding, parts: parts))
    }
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

  /// The coding of each item, by its number.
  private static func codings(_ content: ArraySlice<UInt8>) -> [Int: String] {
    let version = content.first ?? 0
    var codings: [Int: String] = [:]
    for box in boxes(content.dropFirst(version == 0 ? 6 : 8)) where box.name == "infe" {
      let numberBytes = box.content.first == 3 ? 4 : 2
      guard let version = box.content.first, version >= 2,
        let item = box.content.number(at: 4, bytes: numberBytes, .bigEndian)
      else { continue }
      codings[item] = String(decoding: box.content.part(at: 6 + numberBytes, bytes: 4), as: UTF8.self)
    }
    return codings
  }

  private struct Place {
    let item: Int
    /// Whether the data are in the box `idat`, not in the file.
    let isInside: Bool
    let parts: [(start: Int, count: Int)]
  }

  private static func places(_ content: ArraySlice<UInt8>) -> [Place] {
    var position = 0
    func next(_ count: Int) -> Int? {
      defer { position += count }
      return count == 0 ? 0 : content.number(at: position + max(count - 7, 0), bytes: min(count, 7), .bigEndian)
    }
    guard let version = next(1), next(3) != nil, let sizes = next(1), let further = next(1),
      let count = next(version < 2 ? 2 : 4)
    else { return [] }
    let (offsetBytes, lengthBytes, baseBytes, indexBytes) = (sizes >> 4, sizes & 15, further >> 4, further & 15)
    var places: [Place] = []
    for _ in 0..<count {
      guard let item = next(version < 2 ? 2 : 4), let method = next(version == 0 ? 0 : 2), next(2) != nil,
        let base = next(baseBytes), let partCount = next(2), partCount <= 1 || offsetBytes + lengthBytes > 0
      else { return places }
      var parts: [(Int, Int)] = []
      for _ in 0..<partCount {
        guard next(version == 0 ? 0 : indexBytes) != nil, let offset = next(offsetBytes), let length = next(lengthBytes)
        else { return places }
        parts.append((base + offset, length))
      }
      places.append(Place(item: item, isInside: method & 15 == 1, parts: parts))
    }
    return places
  }
}
