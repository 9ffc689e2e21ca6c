/// A text as one field of a CSV file (RFC 4180).
///
/// A text with a comma, a quotation mark or a line break, or with a space at either end, is put in quotation marks, and
/// the quotation marks inside are doubled. Every other text is returned as it is.
package func csvField(_ text: String) -> String {
  // Bytes are compared, because a line break of two characters, or a comma with an accent, is a single `Character`.
  let special: [UInt8] = [UInt8(ascii: ","), UInt8(ascii: "\""), UInt8(ascii: "\n"), UInt8(ascii: "\r")]
  let bytes = text.utf8
  let needsQuotes =
    bytes.contains { special.contains($0) } || bytes.first == UInt8(ascii: " ") || bytes.last == UInt8(ascii: " ")
  guard needsQuotes else { return text }
  var quoted: [UInt8] = [UInt8(ascii: "\"")]
  for byte in bytes {
    if byte == UInt8(ascii: "\"") { quoted.append(byte) }
    quoted.append(byte)
  }
  quoted.append(UInt8(ascii: "\""))
  return String(decoding: quoted, as: UTF8.self)
}

/// Fields as one line of a CSV file, without a line break at its end.
package func csvLine(_ fields: some Sequence<String>) -> String {
  fields.map(csvField).joined(separator: ",")
}
