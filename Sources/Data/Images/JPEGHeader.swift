/// What the segments before the first scan of a JPEG say.
///
/// Source: ITU-T T.81 (ISO 10918-1), annex B.
struct JPEGHeader {
  /// The last byte of the frame's marker: how it is compressed.
  private(set) var process: UInt8?
  private(set) var bitDepth = 8
  private(set) var height = 0
  private(set) var width = 0
  private(set) var components = 0
  private(set) var orientation = Orientation.upright
  /// The parts of the colour profile, each with its number.
  private var profileParts: [(number: UInt8, content: ArraySlice<UInt8>)] = []

  init(_ bytes: [UInt8]) {
    let file = bytes[...]
    // A block that is too long for one segment continues in the next.
    var exif: [UInt8] = []
    defer { orientation = Orientation(exif: exif[...]) ?? .upright }
    var position = 2
    while let next = file.number(at: position, bytes: 2, .bigEndian) {
      let marker = UInt8(next & 0xff)
      // Fill bytes, and bytes that belong to nothing, which libjpeg passes over too.
      guard next >> 8 == 0xff, marker != 0xff, marker != 0 else {
        guard let mark = file.dropFirst(position + 1).firstIndex(of: 0xff) else { return }
        position = mark
        continue
      }
      position += 2
      if marker == 0x01 || (0xd0...0xd8).contains(marker) { continue }
      guard marker != 0xd9, marker != 0xda, let length = file.number(at: position, bytes: 2, .bigEndian) else { return }
      let content = file.part(at: position + 2, bytes: length - 2)
      if (0xc0...0xcf).contains(marker) && ![0xc4, 0xc8, 0xcc].contains(marker) {
        readFrame(content, process: marker)
      } else if marker == 0xe1, content.starts(with: "Exif\0\0".utf8) {
        exif += content.dropFirst(6)
      } else if marker == 0xe2, content.starts(with: "ICC_PROFILE\0".utf8), content.count > 14 {
        profileParts.append((content[content.startIndex + 12], content.dropFirst(14)))
      }
      position += max(length, 2)
    }
  }

  private mutating func readFrame(_ content: ArraySlice<UInt8>, process: UInt8) {
    guard let depth = content.number(at: 0, bytes: 1, .bigEndian),
      let height = content.number(at: 1, bytes: 2, .bigEndian),
      let width = content.number(at: 3, bytes: 2, .bigEndian),
      let components = content.number(at: 5, bytes: 1, .bigEndian)
    else { return }
    self.process = process
    bitDepth = depth
    self.height = height
    self.width = width
    self.components = components
  }

  /// The colour profile, which is stored in parts (ICC.1:2022, annex B.4); `nil` if there is none, or a part is missing.
  var profile: [UInt8]? {
    let parts = profileParts.sorted { $0.number < $1.number }
    guard !parts.isEmpty, parts.enumerated().allSatisfy({ Int($0.element.number) == $0.offset + 1 }) else { return nil }
    return Array(parts.map(\.content).joined())
  }

  /// Refuses the kinds of JPEG that are not decoded, by their names.
  func checkKind() throws(ImageRefusal) {
    let kind: String? =
      switch process {
      case 0xc3, 0xc7, 0xcb, 0xcf: "lossless"
      case 0xc5, 0xc6, 0xcd, 0xce: "hierarchical"
      case .some where bitDepth != 8: "\(bitDepth)-bit"
      default: nil
      }
    if let kind { throw ImageRefusal(found: "a \(kind) JPEG", expected: "a baseline or progressive JPEG of 8 bits") }
  }
}
