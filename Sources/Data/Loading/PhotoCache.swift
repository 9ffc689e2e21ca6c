import Foundation
import Serialization
import Tensor

/// A file of decoded photos: a signature, the bytes of one photo after the other, an index, and a trailer that says
/// where the index is.
///
/// The signature is `KILIMPH2`. The index is JSON: the fingerprint of the sources, a checksum of the bytes of each
/// photo and one of the file it was made from, the decoders of the formats of the files, and what was wrong with files.
/// The trailer is the signature, the length of the index and its XXH64, each of 8 bytes, little-endian.
struct PhotoCache: Sendable {
  /// What was wrong with files when the cache was made, by row.
  let problems: [Int: PhotoProblem]
  /// XXH64 of the bytes of each source.
  let fileChecksums: [UInt64]
  private let file: RandomAccessFile
  private let rowBytes: Int
  private let checksums: [UInt64]

  private struct Index: Codable {
    struct Problem: Codable {
      let row: Int
      let found: String
      let expected: String
      let isUsed: Bool
    }
    let fingerprint: UInt64
    let checksums: [UInt64]
    let fileChecksums: [UInt64]
    /// What decoded the photos, by the names of their formats.
    let decoders: [String: String]
    let problems: [Problem]
  }

  private static let signature: UInt64 = 0x3248_504D_494C_494B
  /// The signature of caches of an earlier version, which have it in the trailer alone.
  private static let earlierSignature: UInt64 = 0x3148_504D_494C_494B
  private static let signatureBytes = 8
  private static let trailerBytes = 24

  /// Opens the cache at `path`, and writes it first unless it is whole and was made of these sources.
  ///
  /// Only a cache, also a damaged one, and an empty file are replaced.
  ///
  /// - Throws: as ``write(to:fingerprint:photos:reader:stoppingAt:)``; `FileError` when the path holds something else
  ///   than a cache; ``DatasetError`` when another program replaces the file meanwhile.
  static func upToDate(
    _ path: String, fingerprint: UInt64, photos: PhotoRows, reader: PhotoReader,
    stoppingAt stop: (_ readings: [PhotoReading], _ firstRow: Int) throws -> Void
  ) throws -> PhotoCache {
    func open() -> PhotoCache? {
      PhotoCache(path, fingerprint: fingerprint, photos: photos, rowBytes: reader.byteCount)
    }
    if let cache = open() { return cache }
    if !isEarlierCache(path) { try requireReplaceable(path, by: .photoCache) }
    try write(to: path, fingerprint: fingerprint, photos: photos, reader: reader, stoppingAt: stop)
    guard let cache = open() else { throw DatasetError.unusableCache(path: path) }
    return cache
  }

  /// Opens the cache at `path` if it is whole and was made of sources with this fingerprint; nil otherwise.
  private init?(_ path: String, fingerprint: UInt64, photos: PhotoRows, rowBytes: Int) {
    guard let file = try? RandomAccessFile(path), let index = Self.readIndex(of: file),
      index.fingerprint == fingerprint,
      index.decoders.allSatisfy({ ImageFormat(rawValue: $0)?.decoderDescription == $1 }),
      index.checksums.count == photos.count, index.fileChecksums.count == photos.count,
      index.problems.allSatisfy({ (0..<photos.count).contains($0.row) })
    else { return nil }
    self.file = file
    self.rowBytes = rowBytes
    checksums = index.checksums
    fileChecksums = index.fileChecksums
    problems = Dictionary(
      index.problems.map {
        let error = ImageError(path: photos.name($0.row), found: $0.found, expected: $0.expected)
        return ($0.row, PhotoProblem(error: error, isUsed: $0.isUsed))
      }
    ) { first, _ in first }
  }

  /// Whether a file ends as the caches of an earlier version do.
  private static func isEarlierCache(_ path: String) -> Bool {
    guard let file = try? RandomAccessFile(path) else { return false }
    return readWords(of: file, at: file.byteCount - trailerBytes, count: 1) == [earlierSignature]
  }

  private static func readIndex(of file: RandomAccessFile) -> Index? {
    guard readWords(of: file, at: 0, count: 1) == [signature],
      let trailer = readWords(of: file, at: file.byteCount - trailerBytes, count: 3), trailer[0] == signature,
      let length = Int(exactly: trailer[1]), (0...file.byteCount - trailerBytes).contains(length)
    else { return nil }
    var bytes = [UInt8](repeating: 0, count: length)
    let count = bytes.withUnsafeMutableBytes { try? file.read(at: file.byteCount - trailerBytes - length, into: $0) }
    guard count == length, bytes.withUnsafeBytes({ xxh64($0) }) == trailer[2] else { return nil }
    return try? JSONDecoder().decode(Index.self, from: Foundation.Data(bytes))
  }

  private static func readWords(of file: RandomAccessFile, at offset: Int, count: Int) -> [UInt64]? {
    guard offset >= 0 else { return nil }
    var words = [UInt64](repeating: 0, count: count)
    let read = words.withUnsafeMutableBytes { try? file.read(at: offset, into: $0) }
    return read == 8 * count ? words.map(UInt64.init(littleEndian:)) : nil
  }

  /// Fills `target` with the bytes of a photo. False when they are not those that were written.
  func read(_ row: Int, into target: UnsafeMutableBufferPointer<UInt8>) throws -> Bool {
    let bytes = UnsafeMutableRawBufferPointer(target)
    return try file.read(at: Self.signatureBytes + row * rowBytes, into: bytes) == bytes.count
      && xxh64(UnsafeRawBufferPointer(bytes)) == checksums[row]
  }

  /// Decodes photos in parallel, a few at a time, and writes their cache to `path`, whole or not at all.
  ///
  /// - Parameters:
  ///   - path: the path of the file. Its folder must exist.
  ///   - fingerprint: that of the sources.
  ///   - photos: the sources.
  ///   - reader: decodes them.
  ///   - stop: gets the errors of each few photos, and may throw to give up.
  /// - Throws: `FileError` when the cache cannot be written, and what `stop` throws.
  private static func write(
    to path: String, fingerprint: UInt64, photos: PhotoRows, reader: PhotoReader,
    stoppingAt stop: (_ readings: [PhotoReading], _ firstRow: Int) throws -> Void
  ) throws {
    let rowBytes = reader.byteCount
    let rowsAtOnce = max(1, min(256, (64 << 20) / rowBytes))
    var (checksums, fileChecksums): ([UInt64], [UInt64]) = ([], [])
    var formats: Set<ImageFormat> = []
    var problems: [Index.Problem] = []
    var buffer = [UInt8](repeating: 0, count: min(rowsAtOnce, photos.count) * rowBytes)
    try writeAtomically(to: path) { file in
      try withUnsafeBytes(of: signature.littleEndian) { try file.append($0) }
      for first in stride(from: 0, to: photos.count, by: rowsAtOnce) {
        let part = first..<min(first + rowsAtOnce, photos.count)
        let found = buffer.withUnsafeMutableBufferPointer { reader.read(part, of: photos, into: $0) }
        try stop(found, first)
        fileChecksums += found.map(\.checksum)
        formats.formUnion(found.compactMap(\.format))
        for case (let position, let problem?) in found.map(\.problem).enumerated() {
          problems.append(
            Index.Problem(
              row: first + position, found: problem.error.found, expected: problem.error.expected,
              isUsed: problem.isUsed))
        }
        try buffer.withUnsafeBytes { bytes in
          let rows = UnsafeRawBufferPointer(rebasing: bytes[..<(part.count * rowBytes)])
          try file.append(rows)
          checksums += part.map { row in
            xxh64(UnsafeRawBufferPointer(rebasing: rows[(row - first) * rowBytes..<(row - first + 1) * rowBytes]))
          }
        }
      }
      let index = try JSONEncoder().encode(
        Index(
          fingerprint: fingerprint, checksums: checksums, fileChecksums: fileChecksums,
          decoders: Dictionary(uniqueKeysWithValues: formats.map { ($0.rawValue, $0.decoderDescription) }),
          problems: problems))
      try index.withUnsafeBytes { try file.append($0) }
      let checksum = index.withUnsafeBytes { xxh64($0) }
      let trailer = [signature, UInt64(index.count), checksum].map(\.littleEndian)
      try trailer.withUnsafeBytes { try file.append($0) }
    }
  }
}
