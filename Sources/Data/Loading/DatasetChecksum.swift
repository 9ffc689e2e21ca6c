import Foundation
import Serialization
import Tensor

extension Dataset {
  /// XXH64 over all examples and targets in their order. Goes through all of them once.
  public func checksum() throws -> UInt64 {
    let part = 256
    var hash = UInt64(count)
    for start in stride(from: 0, to: count, by: part) {
      let batch = try batch(Array(start..<min(start + part, count)))
      for tensor in [batch.inputs, batch.targets] {
        hash = tensor.withUnsafeScalars { xxh64(UnsafeRawBufferPointer($0), seed: hash) }
      }
    }
    return hash
  }
}

extension ImageDataset {
  /// XXH64 over the photos, their classes and the preprocessing, in their order.
  ///
  /// Photos in memory or in a cache count with their bytes; of photos that are streamed, which would all have to be
  /// decoded, the name, the size and the time of the last change count.
  public func checksum() throws -> UInt64 {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    var hash = try source.checksum(ofRows: rows)
    hash = try Array(encoder.encode(preprocessing)).withUnsafeBytes { xxh64($0, seed: hash) }
    return rows.map { files[$0].label }.withUnsafeBytes { xxh64($0, seed: hash) }
  }
}

extension PhotoSource {
  func checksum(ofRows rows: [Int]) throws -> UInt64 {
    try rows.reduce(UInt64(rows.count)) { hash, row in
      try withPlanes(ofRow: row) { xxh64(UnsafeRawBufferPointer($0), seed: hash) }
    }
  }
}

extension StreamedPhotos {
  func checksum(ofRows rows: [Int]) -> UInt64 {
    rows.reduce(UInt64(rows.count)) { hash, row in
      let status = fileStatus(paths[row])
      let text = [
        paths[row].split(separator: "/").last.map(String.init) ?? "", "\(status?.st_size ?? -1)",
        "\(status?.st_mtim.tv_sec ?? 0)", "\(status?.st_mtim.tv_nsec ?? 0)",
      ].joined(separator: "/")
      return Array(text.utf8).withUnsafeBytes { xxh64($0, seed: hash) }
    }
  }
}
