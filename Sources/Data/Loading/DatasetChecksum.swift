import Foundation
import Serialization
import Tensor

extension Dataset {
  /// XXH64 over all examples, targets and weights in their order. Goes through all of them once.
  public func checksum() throws -> UInt64 {
    let part = 256
    var hash = UInt64(count)
    for start in stride(from: 0, to: count, by: part) {
      let batch = try batch(Array(start..<min(start + part, count)))
      for tensor in batch.allInputs + batch.allTargets + [batch.weights].compactMap(\.self) {
        hash = tensor.withUnsafeScalars { xxh64(UnsafeRawBufferPointer($0), seed: hash) }
      }
    }
    return hash
  }
}

extension ImageDataset {
  /// XXH64 over the files of the photos, their targets and weights, and the preprocessing, in the order of the examples.
  ///
  /// It depends on the bytes of each file and the version of the decoder of its format, not on names or times. So it is the
  /// same for photos in memory, in a cache and streamed, and also after the folder was copied or moved. For streamed photos, all
  /// files are read once.
  ///
  /// - Throws: ``ImageError`` when a file that is streamed cannot be read.
  public func checksum() throws -> UInt64 {
    var hash = try fileChecksums().withUnsafeBytes { xxh64($0, seed: UInt64(rows.count)) }
    hash = try checksumOfPreprocessing(seed: hash)
    if let sampleWeights { hash = sampleWeights.withUnsafeBytes { xxh64($0, seed: hash) } }
    for name in classes { hash = Array(name.utf8).withUnsafeBytes { xxh64($0, seed: hash) } }
    if let labels = classLabels { return labels.withUnsafeBytes { xxh64($0, seed: hash) } }
    return targets(of: Array(0..<count)).withUnsafeScalars { xxh64(UnsafeRawBufferPointer($0), seed: hash) }
  }

  /// XXH64 over the file of each photo and the preprocessing: two photos have the same one if their inputs are the same.
  ///
  /// - Throws: ``ImageError`` when a file that is streamed cannot be read.
  package func contentChecksums() throws -> [UInt64] {
    let seed = try checksumOfPreprocessing(seed: 0)
    return try fileChecksums().map { checksum in withUnsafeBytes(of: checksum) { xxh64($0, seed: seed) } }
  }

  /// XXH64 over the files of the photos with their targets in words, in any order: the same for all trainings that are measured on
  /// these photos, however they prepare them.
  ///
  /// - Throws: `FileError` when a file that is streamed cannot be read.
  package func checksumOfContent() throws -> UInt64 {
    func hash(_ words: [String], _ seed: UInt64) -> UInt64 {
      words.reduce(seed) { seed, word in Array(word.utf8).withUnsafeBytes { xxh64($0, seed: seed) } }
    }
    let examples = try fileChecksums().enumerated().map { hash(target(at: $0), $1) }.sorted()
    return examples.withUnsafeBytes { xxh64($0, seed: hash(classes, UInt64(count))) }
  }

  private func fileChecksums() throws -> [UInt64] {
    let distinct = Array(Set(rows)).sorted()
    let checksums = Dictionary(uniqueKeysWithValues: zip(distinct, try decoded.fileChecksums(ofRows: distinct)))
    return rows.map { checksums[$0, default: 0] }
  }

  private func checksumOfPreprocessing(seed: UInt64) throws -> UInt64 {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    return try Array(encoder.encode(preprocessing)).withUnsafeBytes { xxh64($0, seed: seed) }
  }
}
