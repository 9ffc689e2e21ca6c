import Serialization
import Tensor

/// The decoded and resized photos of a data set: rows of bytes, each `[3, height, width]`.
protocol DecodedPhotos: Sendable {
  /// Calls `body` with the bytes of a photo, which stay where they are for the time of the call. Called on any thread.
  ///
  /// - Throws: ``ImageError`` when the photo must be read and cannot be.
  func withPlanes<Result>(
    ofRow row: Int, _ body: (UnsafeBufferPointer<UInt8>) throws -> Result
  ) throws -> Result

  /// The checksum of the content of each row: the same wherever the photos are kept.
  ///
  /// - Throws: ``ImageError`` when a file must be read and cannot be.
  func fileChecksums(ofRows rows: [Int]) throws -> [UInt64]
}

/// Photos that are all in memory.
struct MemoryPhotos: DecodedPhotos {
  /// `[rows, 3, height, width]`.
  let storage: Tensor<UInt8>
  /// That of the content of each row.
  let checksums: [UInt64]

  func withPlanes<Result>(
    ofRow row: Int, _ body: (UnsafeBufferPointer<UInt8>) throws -> Result
  ) throws -> Result {
    let byteCount = storage.count / max(storage.shape[0], 1)
    return try storage.withUnsafeScalars {
      try body(UnsafeBufferPointer(rebasing: $0[row * byteCount..<(row + 1) * byteCount]))
    }
  }

  func fileChecksums(ofRows rows: [Int]) -> [UInt64] { rows.map { checksums[$0] } }
}

/// Photos that are decoded each time they are asked for.
struct StreamedPhotos: DecodedPhotos {
  let photos: PhotoRows
  let reader: PhotoReader

  func withPlanes<Result>(
    ofRow row: Int, _ body: (UnsafeBufferPointer<UInt8>) throws -> Result
  ) throws -> Result {
    try withUnsafeTemporaryAllocation(of: UInt8.self, capacity: reader.byteCount) { bytes in
      do throws(ImageError) {
        try reader.read(photos.photo(row), into: bytes)
      } catch {
        throw photos.placing(error, row)
      }
      return try body(UnsafeBufferPointer(bytes))
    }
  }

  func fileChecksums(ofRows rows: [Int]) throws -> [UInt64] {
    do {
      return try contentChecksums(ofRows: rows, of: photos)
    } catch let error as FileError {
      let found = ImageError(path: error.path, found: "no readable file (\(error.reason))")
      throw rows.first { photos.name($0) == error.path }.map { photos.placing(found, $0) } ?? found
    }
  }
}
