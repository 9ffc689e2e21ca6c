import Foundation
import Serialization

/// A checksum of everything that decides the content of a cache of photos, besides the decoders of their formats: the path of
/// each file in the folder, its size, its times and its number in the file system, the preprocessing, the limits, whether
/// damaged files are accepted, and how this version of Kilim resizes.
///
/// A folder that is moved as a whole keeps its checksum, a copy of it has another one.
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
  if reader.preprocessing.profiles == .converting {
    bytes += ImageFormat.version { () throws(ImageRefusal) in "\(try ColourLibrary.shared.get().version)" }.utf8
  }
  for row in 0..<photos.count {
    let photo = try photos.photo(row)
    switch photo {
    case .file(let path):
      let status = fileStatus(path)
      bytes += path.utf8.dropFirst(path.utf8.starts(with: root.utf8) ? root.utf8.count : 0)
      bytes.append(0)
      append(status.map { Int($0.st_size) } ?? -1, to: &bytes)
      // Programs set the time of modification as they like. The time of change, and the number, say that another file has come
      // under the name of the first.
      for time in [status?.st_mtim, status?.st_ctim] {
        append(time?.tv_sec ?? 0, to: &bytes)
        append(time?.tv_nsec ?? 0, to: &bytes)
      }
      append(status.map { Int(truncatingIfNeeded: $0.st_ino) } ?? 0, to: &bytes)
    case .pixels(let image, let name):
      append(PhotoContent(image.pixels, of: photo), name, to: &bytes)
    case .data(let content, let name):
      append(PhotoContent(content, of: photo), name, to: &bytes)
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

private func append(_ content: PhotoContent, _ name: String, to bytes: inout [UInt8]) {
  bytes += name.utf8
  bytes.append(0)
  append(content.bytes.count, to: &bytes)
  append(Int(truncatingIfNeeded: content.checksum), to: &bytes)
}

private func append(_ number: Int, to bytes: inout [UInt8]) {
  withUnsafeBytes(of: number.littleEndian) { bytes.append(contentsOf: $0) }
}
