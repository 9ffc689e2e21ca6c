import Foundation
import Serialization

/// A checksum over all that decides what a cache of photos holds: the path of each file below its folder, its size and
/// the time of its last change, the preprocessing, the limits,
/// and whether damage is accepted.
///
/// - Parameters:
///   - files: the photos, in order.
///   - root: the folder that their paths begin with; it may be moved.
///   - reader: how they are read.
func fingerprint(of files: [PhotoFile], in root: String, _ reader: PhotoReader) throws -> UInt64 {
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.sortedKeys]
  var bytes = Array(try encoder.encode(reader.preprocessing))
  append(reader.limits.pixels, to: &bytes)
  append(reader.limits.bytes, to: &bytes)
  append(reader.acceptsDamage ? 1 : 0, to: &bytes)
  for file in files {
    let status = fileStatus(file.path)
    bytes += file.path.utf8.dropFirst(root.utf8.count)
    bytes.append(0)
    append(status.map { Int($0.st_size) } ?? -1, to: &bytes)
    append(status.map { Int($0.st_mtim.tv_sec) } ?? 0, to: &bytes)
    append(status.map { Int($0.st_mtim.tv_nsec) } ?? 0, to: &bytes)
  }
  return bytes.withUnsafeBytes { xxh64($0) }
}

private func append(_ number: Int, to bytes: inout [UInt8]) {
  withUnsafeBytes(of: number.littleEndian) { bytes.append(contentsOf: $0) }
}
