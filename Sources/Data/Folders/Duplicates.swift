import Serialization
import Tensor

/// Groups the positions of files with the same bytes. Groups and the positions in them are in ascending order.
///
/// Only files of equal size are read, in parallel, one file per thread at a time. Paths to the same file are recognized
/// without reading it. Files with the same checksum are compared byte by byte.
///
/// - Throws: `FileError` when a file cannot be read.
func groupByContent(_ paths: [String]) throws -> [[Int]] {
  // The first position of each file of the system, and all that share it.
  var first: [FileIdentity: Int] = [:]
  var groups: [Int: [Int]] = [:]
  var bySize: [Int: [Int]] = [:]
  for (position, path) in paths.enumerated() {
    guard let status = fileStatus(path) else { throw FileError(path: path, action: .read, reason: .missing) }
    let representative = first[FileIdentity(status), default: position]
    if representative == position {
      first[FileIdentity(status)] = position
      bySize[Int(status.st_size), default: []].append(position)
    }
    groups[representative, default: []].append(position)
  }

  let suspects = bySize.values.filter { $0.count > 1 }.flatMap(\.self)
  let checksums = try contentChecksums(of: suspects.map { paths[$0] })
  for same in Dictionary(grouping: suspects.indices, by: { checksums[$0] }).values where same.count > 1 {
    for group in try confirm(same.map { suspects[$0] }.sorted(), paths) {
      for other in group.dropFirst() {
        let copies = groups.removeValue(forKey: other) ?? []
        groups[group[0]]? += copies
      }
    }
  }
  return groups.sorted { $0.key < $1.key }.map { $0.value.sorted() }
}

/// XXH64 of the bytes of each file, read in parallel.
///
/// - Throws: `FileError` when a file cannot be read.
func contentChecksums(of paths: [String]) throws -> [UInt64] {
  var results = [Result<UInt64, any Error>](repeating: .success(0), count: paths.count)
  results.withUnsafeMutableBufferPointer { results in
    parallelFor(chunks: paths.count) { position in
      results[position] = Result {
        try readFile(paths[position], limit: .max).withUnsafeBytes { xxh64($0) }
      }
    }
  }
  return try results.map { try $0.get() }
}

/// Files with one checksum in groups of the same bytes: nearly always a single group.
private func confirm(_ positions: [Int], _ paths: [String]) throws -> [[Int]] {
  var groups: [[Int]] = []
  var rest = positions
  while let first = rest.first {
    let bytes = try readFile(paths[first], limit: .max)
    var (same, others) = ([first], [Int]())
    for position in rest.dropFirst() {
      if try readFile(paths[position], limit: .max) == bytes { same.append(position) } else { others.append(position) }
    }
    groups.append(same)
    rest = others
  }
  return groups
}
