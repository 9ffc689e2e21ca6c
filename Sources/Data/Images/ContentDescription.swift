import Serialization

/// Describes the content of a file that is not a picture for Kilim, for error messages.
func describeContent(of bytes: [UInt8]) -> String {
  if bytes.isEmpty { return "zero bytes" }
  let kind = FileKind(head: Array(bytes.prefix(FileKind.headByteCount)))
  guard kind == .binary else { return kind.description }
  let first = bytes.prefix(4).map { "0x" + ($0 < 16 ? "0" : "") + String($0, radix: 16) }
  return "unknown content that starts with \(first.joined(separator: " "))"
}
