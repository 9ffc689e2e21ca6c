/// A ZIP archive of files that are stored as they are, with true checksums: what stands behind those of a changed
/// archive is reached this way.
public func storedArchive(_ files: [(name: String, bytes: [UInt8])]) -> [UInt8] {
  var archive: [UInt8] = []
  var directory: [UInt8] = []
  for (name, bytes) in files {
    let offset = archive.count
    let name = Array(name.utf8)
    // Version, flags, method, time and date; checksum, both sizes; length of the name and of what comes behind it.
    let common =
      littleEndian(20, 2) + littleEndian(0, 8) + littleEndian(checksum(bytes), 4) + littleEndian(bytes.count, 4)
      + littleEndian(bytes.count, 4) + littleEndian(name.count, 2) + littleEndian(0, 2)
    archive += littleEndian(0x0403_4B50, 4) + common + name + bytes
    directory +=
      littleEndian(0x0201_4B50, 4) + littleEndian(20, 2) + common + littleEndian(0, 10) + littleEndian(offset, 4) + name
  }
  let end =
    littleEndian(0x0605_4B50, 4) + littleEndian(0, 4) + littleEndian(files.count, 2) + littleEndian(files.count, 2)
    + littleEndian(directory.count, 4) + littleEndian(archive.count, 4) + littleEndian(0, 2)
  return archive + directory + end
}

private func littleEndian(_ value: Int, _ byteCount: Int) -> [UInt8] {
  (0..<byteCount).map { $0 < 8 ? UInt8(truncatingIfNeeded: value >> (8 * $0)) : 0 }
}

/// What a byte does to a CRC-32.
private let checksums: [UInt32] = (0..<256).map { byte in
  (0..<8).reduce(byte) { sum, _ in sum & 1 == 1 ? sum >> 1 ^ 0xEDB8_8320 : sum >> 1 }
}

/// CRC-32 as ZIP has it.
private func checksum(_ bytes: [UInt8]) -> Int {
  var sum = UInt32.max
  for byte in bytes { sum = sum >> 8 ^ checksums[Int(UInt8(truncatingIfNeeded: sum) ^ byte)] }
  return Int(~sum)
}
