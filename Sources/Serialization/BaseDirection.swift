/// The direction in which a line of text is laid out: that of its first letter.
package enum BaseDirection {
  case leftToRight, rightToLeft
  /// That of a text without letters.
  case neutral

  private static let (leftMark, rightMark) = ("\u{200E}" as Unicode.Scalar, "\u{200F}" as Unicode.Scalar)
  /// Where the scripts stand that run from right to left, from Hebrew and Arabic to Adlam.
  private static let rightToLeftBlocks: [ClosedRange<UInt32>] = [
    0x590...0x8FF, 0xFB1D...0xFDFF, 0xFE70...0xFEFF, 0x10800...0x10FFF, 0x1E800...0x1EFFF,
  ]

  /// The direction of a text.
  package init(of text: String) {
    let marks = [Self.leftMark, Self.rightMark]
    let first = text.unicodeScalars.first { $0.properties.isAlphabetic || marks.contains($0) }
    self =
      first.map { scalar in
        scalar == Self.rightMark || Self.rightToLeftBlocks.contains { $0.contains(scalar.value) }
          ? .rightToLeft : .leftToRight
      } ?? .neutral
  }

  /// A part of a text with this direction. It gets an invisible mark at its beginning if its own letters say another one.
  package func kept(in part: String) -> String {
    guard self != .neutral, BaseDirection(of: part) != self else { return part }
    return String(self == .leftToRight ? Self.leftMark : Self.rightMark) + part
  }
}
