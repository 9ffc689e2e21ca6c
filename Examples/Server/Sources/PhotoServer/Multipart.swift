import Foundation
import Glibc

/// The parts of a body of the type `multipart/form-data` (RFC 7578, RFC 2046 section 5.1).
enum Multipart {
  /// Why a body cannot be read.
  struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  private static let largestHeader = 8 << 10
  /// The most parts that are no files.
  private static let largestFieldCount = 100
  private static let lineEnd = Array("\r\n".utf8)

  /// The boundary that a `Content-Type` names.
  ///
  /// - Throws: ``Failure`` if it has none, or not one of 1 to 70 characters.
  static func boundary(of contentType: String) throws(Failure) -> String {
    guard let boundary = parameter("boundary", of: contentType) else {
      throw Failure(description: "the Content-Type has no boundary")
    }
    guard (1...70).contains(boundary.utf8.count), !boundary.utf8.contains(where: { $0 < 32 || $0 > 126 }) else {
      throw Failure(description: "the boundary must have 1 to 70 printable characters")
    }
    return boundary
  }

  /// The files of a body, in their order. Parts without a file name are fields of a form, and left out.
  ///
  /// - Parameters:
  ///   - body: the body.
  ///   - boundary: stands between its parts.
  ///   - limit: the most files.
  /// - Throws: ``Failure`` that names what is wrong, also for more than 100 other parts.
  static func files(in body: [UInt8], boundary: String, limit: Int) throws(Failure) -> [UploadedPhoto] {
    let delimiter = Array("--\(boundary)".utf8)
    guard var position = body.position(of: delimiter, from: 0), position == 0 || body.endsLine(before: position) else {
      throw Failure(description: "the body does not contain its boundary")
    }
    var files: [UploadedPhoto] = []
    var part = 1
    while true {
      guard part - files.count <= largestFieldCount + 1 else {
        throw Failure(description: "at most \(largestFieldCount) parts without a file name are allowed in a request")
      }
      position += delimiter.count
      if body[position...].starts(with: Array("--".utf8)) { return files }
      while position < body.count, body[position] == 32 || body[position] == 9 { position += 1 }
      guard body[position...].starts(with: lineEnd) else {
        throw Failure(description: "a boundary is not followed by a line end")
      }
      position += lineEnd.count
      // Headers may be missing: then their empty line follows at once.
      guard let headerEnd = body.position(of: lineEnd + lineEnd, from: position - lineEnd.count),
        headerEnd - position <= largestHeader
      else { throw Failure(description: "the headers of part \(part) have no end or are too long") }
      let start = headerEnd + 2 * lineEnd.count
      guard let end = body.position(of: lineEnd + delimiter, from: start - lineEnd.count) else {
        throw Failure(description: "part \(part) has no end: the closing boundary is missing")
      }
      let headers = String(decoding: body[position..<max(position, headerEnd)], as: UTF8.self)
      if let name = fileName(in: headers) {
        guard files.count < limit else {
          throw Failure(description: "at most \(limit) photos are allowed in a request")
        }
        files.append(UploadedPhoto(name: name, bytes: Array(body[start..<max(start, end)])))
      }
      position = end + lineEnd.count
      part += 1
    }
  }

  private static func fileName(in headers: String) -> String? {
    for line in headers.split(whereSeparator: \.isNewline) {
      let parts = line.split(separator: ":", maxSplits: 1)
      guard parts.count == 2, parts[0].lowercased() == "content-disposition" else { continue }
      return parameter("filename", of: String(parts[1]))
    }
    return nil
  }

  /// The value of a parameter such as `name="value"`, behind a semicolon.
  private static func parameter(_ name: String, of header: String) -> String? {
    var rest = Substring(header)
    while let semicolon = rest.firstIndex(of: ";") {
      rest = rest[rest.index(after: semicolon)...].drop { $0 == " " || $0 == "\t" }
      guard let sign = rest.firstIndex(of: "=") else { return nil }
      let found = rest[..<sign].lowercased()
      rest = rest[rest.index(after: sign)...]
      let value = quotedOrPlain(&rest)
      if found == name { return value }
    }
    return nil
  }

  private static func quotedOrPlain(_ rest: inout Substring) -> String {
    guard rest.first == "\"" else {
      let plain = rest.prefix { $0 != ";" }
      rest = rest[plain.endIndex...]
      return plain.trimmingCharacters(in: .whitespaces)
    }
    var value = ""
    rest = rest.dropFirst()
    while let character = rest.popFirst(), character != "\"" {
      if character == "\\", let escaped = rest.popFirst() { value.append(escaped) } else { value.append(character) }
    }
    return value
  }
}

extension [UInt8] {
  /// Where a sequence begins for the first time, at `start` or later.
  fileprivate func position(of sequence: [UInt8], from start: Int) -> Int? {
    guard let first = sequence.first else { return nil }
    return withUnsafeBytes { bytes in
      guard let base = bytes.baseAddress else { return nil }
      var position = start
      while count - position >= sequence.count {
        let rest = count - position - sequence.count + 1
        guard let found = memchr(base + position, Int32(first), rest) else { return nil }
        position = UnsafeRawPointer(found) - base
        if memcmp(found, sequence, sequence.count) == 0 { return position }
        position += 1
      }
      return nil
    }
  }

  fileprivate func endsLine(before position: Int) -> Bool {
    position >= 2 && self[position - 2] == 13 && self[position - 1] == 10
  }
}
