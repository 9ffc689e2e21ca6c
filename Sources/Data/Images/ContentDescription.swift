/// Says in words what bytes are that are no picture Kilim reads, for error messages.
func describeContent(of bytes: [UInt8]) -> String {
  if bytes.isEmpty { return "zero bytes" }
  for (offset, signature, name) in knownSignatures where bytes.dropFirst(offset).starts(with: signature.utf8) {
    return name
  }
  let start = bytes.prefix(256)
  if start.allSatisfy({ $0 >= 0x20 && $0 != 0x7f || $0 == 0x09 || $0 == 0x0a || $0 == 0x0d }) {
    let text = String(decoding: start, as: UTF8.self).lowercased()
    return text.contains("<html") || text.contains("<!doctype") ? "HTML text" : "text"
  }
  let first = bytes.prefix(4).map { "0x" + ($0 < 16 ? "0" : "") + String($0, radix: 16) }
  return "unknown content that starts with \(first.joined(separator: " "))"
}

private let knownSignatures: [(offset: Int, signature: String, name: String)] = [
  (0, "BM", "a BMP image"),
  (0, "II*\0", "a TIFF image"),
  (0, "MM\0*", "a TIFF image"),
  (4, "ftypavif", "an AVIF image"),
  (4, "ftyphei", "a HEIC image"),
  (4, "ftypmif1", "a HEIC image"),
  (0, "%PDF", "a PDF document"),
  (0, "PK\u{3}\u{4}", "a ZIP archive"),
]
