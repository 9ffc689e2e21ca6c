import Foundation
import Serialization

/// A checksum of everything that decides the content of a cache of photos: the path of each file in the folder, its
/// size and modification time, the preprocessing, the limits, whether damaged files are accepted, and the decoder of
/// this version of Kilim.
///
/// - Parameters:
///   - photos: the photos, in order. Of one that is no file, its name and its bytes count.
///   - root: the folder that their paths begin with, which may be moved; empty if there is none.
///   - reader: how they are read.
func fingerprint(of photos: PhotoRows, in root: String, _ reader: PhotoReader) throws -> UInt64 {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.sortedKeys]
  var bytes = Array(try encoder.encode(reader.preprocessing))
  bytes += try drawnPhoto(read: reader)
  append(reader.limits.pixels, to: &bytes)
  append(reader.limits.bytes, to: &bytes)
  append(reader.acceptsDamage ? 1 : 0, to: &bytes)
  for row in 0..<photos.count {
    switch try photos.photo(row) {
    case .file(let path):
      let status = fileStatus(path)
      bytes += path.utf8.dropFirst(path.utf8.starts(with: root.utf8) ? root.utf8.count : 0)
      bytes.append(0)
      append(status.map { Int($0.st_size) } ?? -1, to: &bytes)
      append(status.map { Int($0.st_mtim.tv_sec) } ?? 0, to: &bytes)
      append(status.map { Int($0.st_mtim.tv_nsec) } ?? 0, to: &bytes)
    case .pixels(let image, let name):
      bytes += name.utf8
      bytes.append(0)
      append(image.width, to: &bytes)
      append(Int(bitPattern: UInt(image.pixels.withUnsafeBytes { xxh64($0) })), to: &bytes)
    case .data(let content, let name):
      bytes += name.utf8
      bytes.append(0)
      append(content.count, to: &bytes)
      append(Int(bitPattern: UInt(content.withUnsafeBytes { xxh64($0) })), to: &bytes)
    }
  }
  return bytes.withUnsafeBytes { xxh64($0) }
}

/// The bytes that this build decodes from a drawn photo. Another version of Kilim or of a codec may decode other bytes
/// from the same file.
private func drawnPhoto(read reader: PhotoReader) throws -> [UInt8] {
  let pixels = (0..<150 * 200 * 3).map { UInt8(truncatingIfNeeded: $0 * $0 / 4096) }
  let photo = try Image(width: 200, height: 150, pixels: pixels).jpeg()
  return try reader.preprocessing.planes(decoding: photo).planes.scalars
}

private func append(_ number: Int, to bytes: inout [UInt8]) {
  withUnsafeBytes(of: number.littleEndian) { bytes.append(contentsOf: $0) }
}
