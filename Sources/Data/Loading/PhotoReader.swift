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
  /// - Returns: what was found, with what is wrong with the file where that is accepted.
  @discardableResult
  func read(
    _ photo: Photo, into target: UnsafeMutableBufferPointer<UInt8>
  ) throws(ImageError) -> PhotoReading {
    let content = PhotoContent(try photo.bytes(limits: limits), of: photo)
    if case .pixels(let image, _) = photo {
      preprocessing.writePlanes(of: image, to: target)
      return PhotoReading(checksum: content.checksum)
    }
    let damage = try preprocessing.writePlanes(decoding: content.bytes, path: photo.name, limits: limits, to: target)
    if let damage, !acceptsDamage { throw damage }
    return PhotoReading(
      checksum: content.checksum, format: content.format, problem: damage.map { PhotoProblem(error: $0, isUsed: true) })
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
    _ read: (_ position: Int, _ photo: Photo) throws(ImageError) -> PhotoReading
  ) -> [PhotoReading] {
    var readings = [PhotoReading](repeating: PhotoReading(checksum: 0), count: rows.count)
    readings.withUnsafeMutableBufferPointer { readings in
      parallelFor(chunks: rows.count) { position in
        let row = rows.lowerBound + position
        do throws(ImageError) {
          readings[position] = try read(position, photos.photo(row))
        } catch {
          readings[position] = PhotoReading(
            checksum: 0, format: format(ofRow: row, photos), problem: PhotoProblem(error: error, isUsed: false))
        }
      }
    }
    return readings
  }

  /// The format of a photo that could not be read.
  private func format(ofRow row: Int, _ photos: PhotoRows) -> ImageFormat? {
    guard let photo = try? photos.photo(row), let bytes = try? photo.bytes(limits: limits) else { return nil }
    return PhotoContent(bytes, of: photo).format
  }
}

/// What was found when the file of a photo was read.
struct PhotoReading: Sendable {
  /// The checksum of the content; 0 for a file that is left out.
  let checksum: UInt64
  var format: ImageFormat?
  var problem: PhotoProblem?
}

/// What is wrong with a photo's file, and whether the photo is used nevertheless.
struct PhotoProblem: Hashable, Sendable {
  let error: ImageError
  let isUsed: Bool
}
