import Tensor

/// Where a data set finds its photos, decoded and resized: some rows of bytes, each `[3, height, width]`.
protocol PhotoSource: Sendable {
  /// Calls `body` with the bytes of a photo, which stay where they are for the time of the call. Called on any thread.
  ///
  /// - Throws: ``ImageError`` when the photo must be read and cannot be.
  func withPlanes<Result>(
    ofRow row: Int, _ body: (UnsafeBufferPointer<UInt8>) throws -> Result
  ) throws -> Result

  /// A number that changes with any photo among the given rows, and with their order.
  func checksum(ofRows rows: [Int]) throws -> UInt64
}

/// Makes the bytes of an input of a photo's file.
struct PhotoReader: Sendable {
  let preprocessing: Preprocessing
  let limits: ImageLimits

  /// The bytes of one photo.
  var byteCount: Int { preprocessing.inputShape.elementCount }

  /// Decodes and resizes the photo in a file.
  func read(_ path: String, into target: UnsafeMutableBufferPointer<UInt8>) throws(ImageError) {
    let bytes = try readImageFile(path, limits: limits)
    let damage = try preprocessing.writePlanes(decoding: bytes, path: path, limits: limits, to: target)
    if let damage { throw damage }
  }

  /// Reads files in parallel into consecutive rows of `target`, and returns an error or nil for each. A row whose file
  /// has an error is zero.
  func read(_ paths: ArraySlice<String>, into target: UnsafeMutableBufferPointer<UInt8>) -> [ImageError?] {
    inParallel(paths) { position, path throws(ImageError) in
      let row = UnsafeMutableBufferPointer(rebasing: target[position * byteCount..<(position + 1) * byteCount])
      do throws(ImageError) {
        try read(path, into: row)
      } catch {
        row.update(repeating: 0)
        throw error
      }
    }
  }

  /// Reads files in parallel and keeps none of them; returns an error or nil for each.
  func check(_ paths: ArraySlice<String>) -> [ImageError?] {
    inParallel(paths) { _, path throws(ImageError) in
      _ = try Image(contentsOfFile: path, limits: limits)
    }
  }

  private func inParallel(
    _ paths: ArraySlice<String>, _ body: (_ position: Int, _ path: String) throws(ImageError) -> Void
  ) -> [ImageError?] {
    var failures = [ImageError?](repeating: nil, count: paths.count)
    failures.withUnsafeMutableBufferPointer { failures in
      parallelFor(chunks: paths.count) { position in
        do throws(ImageError) {
          try body(position, paths[paths.startIndex + position])
        } catch {
          failures[position] = error
        }
      }
    }
    return failures
  }
}

/// Photos that are all in memory.
struct MemoryPhotos: PhotoSource {
  /// `[rows, 3, height, width]`.
  let storage: Tensor<UInt8>

  func withPlanes<Result>(
    ofRow row: Int, _ body: (UnsafeBufferPointer<UInt8>) throws -> Result
  ) throws -> Result {
    let byteCount = storage.count / max(storage.shape[0], 1)
    return try storage.withUnsafeScalars {
      try body(UnsafeBufferPointer(rebasing: $0[row * byteCount..<(row + 1) * byteCount]))
    }
  }
}

/// Photos that are decoded each time they are asked for.
struct StreamedPhotos: PhotoSource {
  let paths: [String]
  let reader: PhotoReader

  func withPlanes<Result>(
    ofRow row: Int, _ body: (UnsafeBufferPointer<UInt8>) throws -> Result
  ) throws -> Result {
    try withUnsafeTemporaryAllocation(of: UInt8.self, capacity: reader.byteCount) { bytes in
      try reader.read(paths[row], into: bytes)
      return try body(UnsafeBufferPointer(bytes))
    }
  }
}
