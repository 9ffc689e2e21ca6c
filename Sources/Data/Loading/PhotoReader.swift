import Serialization
import Tensor

/// Converts the file of a photo to the bytes of an input.
struct PhotoReader: Sendable {
  let preprocessing: Preprocessing
  let limits: ImageLimits
  /// Whether what could be decoded of a damaged file is used.
  let acceptsDamage: Bool

  /// The bytes of one photo.
  var byteCount: Int { preprocessing.inputShape.elementCount }

  /// Decodes and resizes a photo.
  ///
  /// - Returns: what is wrong with the file, where that is accepted, and the checksum of its bytes.
  @discardableResult
  func read(
    _ photo: Photo, into target: UnsafeMutableBufferPointer<UInt8>
  ) throws(ImageError) -> (damage: ImageError?, checksum: UInt64) {
    let bytes = try photo.bytes(limits: limits)
    if case .pixels(let image, _) = photo {
      preprocessing.writePlanes(of: image, to: target)
      return (nil, bytes.withUnsafeBytes { xxh64($0) })
    }
    let damage = try preprocessing.writePlanes(decoding: bytes, path: photo.name, limits: limits, to: target)
    if let damage, !acceptsDamage { throw damage }
    return (damage, bytes.withUnsafeBytes { xxh64($0) })
  }

  /// Reads photos in parallel into consecutive rows of `target`. The row of a photo that is left out is zero.
  func read(_ rows: Range<Int>, of photos: PhotoRows, into target: UnsafeMutableBufferPointer<UInt8>) -> [PhotoReading]
  {
    inParallel(rows, of: photos) { position, photo throws(ImageError) in
      let row = UnsafeMutableBufferPointer(rebasing: target[position * byteCount..<(position + 1) * byteCount])
      do throws(ImageError) {
        return try read(photo, into: row)
      } catch {
        row.update(repeating: 0)
        throw error
      }
    }
  }

  /// Reads all photos in parallel, and keeps none of them.
  func check(_ photos: PhotoRows) -> [PhotoReading] {
    inParallel(0..<photos.count, of: photos) { _, photo throws(ImageError) in
      try withUnsafeTemporaryAllocation(of: UInt8.self, capacity: byteCount) { bytes throws(ImageError) in
        try read(photo, into: bytes)
      }
    }
  }

  private func inParallel(
    _ rows: Range<Int>, of photos: PhotoRows,
    _ read: (_ position: Int, _ photo: Photo) throws(ImageError) -> (damage: ImageError?, checksum: UInt64)
  ) -> [PhotoReading] {
    var readings = [PhotoReading](repeating: PhotoReading(checksum: 0), count: rows.count)
    readings.withUnsafeMutableBufferPointer { readings in
      parallelFor(chunks: rows.count) { position in
        do throws(ImageError) {
          let (damage, checksum) = try read(position, photos.photo(rows.lowerBound + position))
          readings[position] = PhotoReading(
            checksum: checksum, problem: damage.map { PhotoProblem(error: $0, isUsed: true) })
        } catch {
          readings[position] = PhotoReading(checksum: 0, problem: PhotoProblem(error: error, isUsed: false))
        }
      }
    }
    return readings
  }
}

/// What was found when the file of a photo was read.
struct PhotoReading: Sendable {
  /// XXH64 of the bytes of the file; 0 for a file that is left out.
  let checksum: UInt64
  var problem: PhotoProblem?
}

/// What is wrong with a photo's file, and whether the photo is used nevertheless.
struct PhotoProblem: Hashable, Sendable {
  let error: ImageError
  let isUsed: Bool
}
