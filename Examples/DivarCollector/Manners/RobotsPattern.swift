/// A path in a robots.txt, in which `*` stands for any text and a final `$` for the end.
struct RobotsPattern: Sendable, Equatable {
  /// The text between the stars.
  private let pieces: [[UInt8]]
  private let isAnchored: Bool
  /// The number of bytes; of two patterns that match, the longer one counts.
  let length: Int

  init(_ text: String) {
    var bytes = Self.normalized(text, isPattern: true)
    length = bytes.count
    isAnchored = bytes.last == UInt8(ascii: "$")
    if isAnchored { bytes.removeLast() }
    pieces = bytes.split(separator: UInt8(ascii: "*"), omittingEmptySubsequences: false).map(Array.init)
  }

  /// Whether the pattern matches the beginning of a normalized path, or all of it if it is anchored.
  ///
  /// Each piece is taken at the first place where it fits, the last piece of an anchored pattern at the end; no other
  /// choice of places can succeed where this one fails. Cost: at most the product of both lengths.
  func matches(_ path: [UInt8]) -> Bool {
    guard let first = pieces.first, path.starts(with: first) else { return false }
    if pieces.count == 1 { return !isAnchored || path.count == first.count }
    var rest = path[first.count...]
    let last = isAnchored ? pieces[pieces.count - 1] : []
    for piece in isAnchored ? pieces[1..<pieces.count - 1] : pieces[1...] {
      guard let place = rest.firstPlace(of: piece) else { return false }
      rest = rest[place.upperBound...]
    }
    return !isAnchored || rest.count >= last.count && rest.suffix(last.count).elementsEqual(last)
  }

  /// Writes a path in one way: escapes of ordinary characters undone, all others in capitals and everywhere.
  static func normalized(_ text: String, isPattern: Bool) -> [UInt8] {
    let bytes = Array(text.utf8)
    var result: [UInt8] = []
    var index = 0
    while index < bytes.count {
      let byte = bytes[index]
      if byte == UInt8(ascii: "%"), let value = escape(in: bytes, at: index) {
        if isOrdinary(value) { result.append(value) } else { appendEscape(of: value, to: &result) }
        index += 3
        continue
      }
      let isSpecial = byte == UInt8(ascii: "*") || byte == UInt8(ascii: "$")
      if byte > 0x20 && byte < 0x7f && (isPattern || !isSpecial) {
        result.append(byte)
      } else {
        appendEscape(of: byte, to: &result)
      }
      index += 1
    }
    return result
  }

  private static func escape(in bytes: [UInt8], at index: Int) -> UInt8? {
    guard index + 2 < bytes.count else { return nil }
    let digits = bytes[index + 1...index + 2]
    guard digits.allSatisfy({ Character(UnicodeScalar($0)).isHexDigit }) else { return nil }
    return UInt8(String(decoding: digits, as: UTF8.self), radix: 16)
  }

  /// The unreserved characters of RFC 3986.
  private static func isOrdinary(_ byte: UInt8) -> Bool {
    let character = Character(UnicodeScalar(byte))
    return character.isASCII && (character.isLetter || character.isNumber) || "-._~".contains(character)
  }

  private static func appendEscape(of byte: UInt8, to bytes: inout [UInt8]) {
    let digits = String(byte, radix: 16, uppercase: true)
    bytes.append(contentsOf: "%\(byte < 16 ? "0" : "")\(digits)".utf8)
  }
}

extension ArraySlice<UInt8> {
  /// Where `piece` first stands.
  fileprivate func firstPlace(of piece: [UInt8]) -> Range<Int>? {
    guard count >= piece.count else { return nil }
    return (startIndex...endIndex - piece.count)
      .first { self[$0..<$0 + piece.count].elementsEqual(piece) }
      .map { $0..<$0 + piece.count }
  }
}
