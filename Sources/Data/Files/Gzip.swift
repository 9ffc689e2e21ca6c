import CZlib
import Serialization

/// The bytes of a file, unpacked if it is a gzip file.
///
/// - Parameters:
///   - path: a regular file.
///   - limit: the largest file to read, in bytes, and the most bytes to unpack.
/// - Throws: `FileError` if the file cannot be read; `ModelFileError` if it is damaged or would be larger.
func readUnpacked(_ path: String, limit: Int) throws -> [UInt8] {
  let bytes = try readFile(path, limit: limit)
  guard bytes.starts(with: [0x1F, 0x8B]) else { return bytes }
  return try unpack(bytes, .gzip, path: path, limit: limit)
}

/// What stands before and behind compressed bytes.
enum PackedForm: String {
  case gzip, zlib

  /// What zlib calls the form, with 15 bits for the largest window.
  fileprivate var windowBits: Int32 { self == .gzip ? 15 + 16 : 15 }
}

/// The content of compressed bytes, also of several parts.
///
/// - Throws: `ModelFileError` if they are damaged or their content is longer than `limit`.
func unpack(_ bytes: [UInt8], _ form: PackedForm, path: String, limit: Int) throws -> [UInt8] {
  func error(_ problem: ModelFileError.Problem) -> ModelFileError {
    ModelFileError(path: path, place: form.rawValue, problem: problem)
  }
  var stream = z_stream()
  guard inflateInit2_(&stream, form.windowBits, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
    throw error(.unsupported(found: "this version of zlib", expected: ZLIB_VERSION))
  }
  defer { inflateEnd(&stream) }
  var input = bytes
  var output: [UInt8] = []
  var part = [UInt8](repeating: 0, count: 1 << 18)
  try input.withUnsafeMutableBufferPointer { input in
    stream.next_in = input.baseAddress
    var left = input.count
    var isAtEnd = false
    while !isAtEnd || left > 0 || stream.avail_in > 0 {
      if isAtEnd {
        guard inflateReset(&stream) == Z_OK else { throw error(.damaged("its second part")) }
        isAtEnd = false
      }
      if stream.avail_in == 0 {
        guard left > 0 else { throw error(.damaged("it ends too early")) }
        let count = min(left, 1 << 30)
        stream.avail_in = UInt32(count)
        left -= count
      }
      let (status, count) = part.withUnsafeMutableBufferPointer { part in
        stream.next_out = part.baseAddress
        stream.avail_out = UInt32(part.count)
        let status = inflate(&stream, Z_NO_FLUSH)
        return (status, part.count - Int(stream.avail_out))
      }
      guard status == Z_OK || status == Z_STREAM_END || (status == Z_BUF_ERROR && stream.avail_in == 0) else {
        throw error(.damaged(stream.msg.map { String(cString: $0) } ?? "code \(status)"))
      }
      guard count <= limit - output.count else {
        throw error(.tooLarge(byteCount: UInt64(output.count + count), limit: limit))
      }
      output += part[..<count]
      isAtEnd = status == Z_STREAM_END
    }
  }
  return output
}
