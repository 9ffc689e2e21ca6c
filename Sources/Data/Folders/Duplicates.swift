import Serialization
import Tensor

/// Groups the positions of photos with the same bytes. Groups and the positions in them are in ascending order.
///
/// Only photos of equal size are read, in parallel, one per thread at a time. Paths to the same file are recognized
/// without reading it. Photos with the same checksum are compared byte by byte.
///
/// - Throws: `FileError` when a file cannot be read, and the errors of the source.
func groupByContent(_ photos: PhotoRows) throws -> [[Int]] {
  // The first position of each file of the system, and all that share it.
  var first: [FileIdentity: Int] = [:]
  var groups: [Int: [Int]] = [:]
  var bySize: [Int: [Int]] = [:]
  for position in 0..<photos.count {
    var representative = position
    switch try photos.photo(position) {
    case .file(let path):
      guard let status = fileStatus(path) else { throw FileError(path: path, action: .read, reason: .missing) }
      representative = first[FileIdentity(status), default: position]
      if representative == position {
        first[FileIdentity(status)] = position
        bySize[Int(status.st_size), default: []].append(position)
      }
    case .pixels(let image, _): bySize[image.pixels.count, default: []].append(position)
    case .data(let bytes, _): bySize[bytes.count, default: []].append(position)
    }
    groups[representative, default: []].append(position)
  }

  let suspects = bySize.values.filter { $0.count > 1 }.flatMap(\.self)
  let checksums = try contentChecksums(ofRows: suspects, of: photos)
  for same in Dictionary(grouping: suspects.indices, by: { checksums[$0] }).values where same.count > 1 {
    for group in try confirm(same.map { suspects[$0] }.sorted(), photos) {
      for other in group.dropFirst() {
        let copies = groups.removeValue(forKey: other) ?? []
        groups[group[0]]? += copies
      }
    }
  }
  return groups.sorted { $0.key < $1.key }.map { $0.value.sorted() }
}

/// The checksum of the content of each photo, read in parallel.
///
/// - Throws: `FileError` when a file cannot be read, and the errors of the source.
func contentChecksums(ofRows rows: [Int], of photos: PhotoRows) throws -> [UInt64] {
  var results = [Result<UInt64, any Error>](repeating: .success(0), count: rows.count)
  results.withUnsafeMutableBufferPointer { results in
    parallelFor(chunks: rows.count) { position in
      results[position] = Result { try content(of: photos.photo(rows[position])).checksum }
    }
  }
  return try results.map { try $0.get() }
}

/// The content of a photo of any size.
private func content(of photo: Photo) throws -> PhotoContent {
  switch photo {
  case .file(let path): PhotoContent(try readFile(path, limit: .max), of: photo)
  case .data(let bytes, _): PhotoContent(bytes, of: photo)
  case .pixels(let image, _): PhotoContent(image.pixels, of: photo)
  }
}

/// Photos with one checksum in groups of the same content: nearly always a single group.
private func confirm(_ positions: [Int], _ photos: PhotoRows) throws -> [[Int]] {
  var groups: [[Int]] = []
  var rest = positions
  while let first = rest.first {
    let original = try content(of: photos.photo(first))
    var (same, others) = ([first], [Int]())
    for position in rest.dropFirst() {
      if try content(of: photos.photo(position)) == original { same.append(position) } else { others.append(position) }
    }
    groups.append(same)
    rest = others
  }
  return groups
}
