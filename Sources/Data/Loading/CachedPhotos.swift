import Serialization

/// Photos that were decoded once and lie in a cache file.
struct CachedPhotos: DecodedPhotos {
  private let cache: PhotoCache
  private let originals: StreamedPhotos

  /// The photos of a cache, and where it has them from.
  init(_ cache: PhotoCache, photos: PhotoRows, reader: PhotoReader) {
    self.cache = cache
    originals = StreamedPhotos(photos: photos, reader: reader)
  }

  func withPlanes<Result>(
    ofRow row: Int, _ body: (UnsafeBufferPointer<UInt8>) throws -> Result
  ) throws -> Result {
    try withUnsafeTemporaryAllocation(of: UInt8.self, capacity: originals.reader.byteCount) { bytes in
      if try cache.read(row, into: bytes) { return try body(UnsafeBufferPointer(bytes)) }
      // Altered since it was written: the photo itself is still there.
      return try originals.withPlanes(ofRow: row, body)
    }
  }

  func fileChecksums(ofRows rows: [Int]) -> [UInt64] { rows.map { cache.fileChecksums[$0] } }
}
