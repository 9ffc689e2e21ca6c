/// Bytes that are read in pieces: those of a file, of a part of one, or in memory.
package protocol ByteSource {
  /// How many there are.
  var byteCount: Int { get }

  /// Fills `target` with the bytes from `offset` on.
  ///
  /// - Returns: the number of bytes written to `target`, smaller than its length only at the end.
  func read(at offset: Int, into target: UnsafeMutableRawBufferPointer) throws -> Int
}

extension ByteSource {
  /// `count` bytes from `offset` on; fewer only at the end.
  package func bytes(at offset: Int, count: Int) throws -> [UInt8] {
    guard offset >= 0, offset < byteCount, count > 0 else { return [] }
    let count = min(count, byteCount - offset)
    return try [UInt8](unsafeUninitializedCapacity: count) { buffer, done in
      done = try read(at: offset, into: UnsafeMutableRawBufferPointer(buffer))
    }
  }

  /// All bytes.
  package func allBytes() throws -> [UInt8] { try bytes(at: 0, count: byteCount) }
}

extension RandomAccessFile: ByteSource {}

/// Bytes in memory.
package struct MemoryBytes: ByteSource {
  package let bytes: [UInt8]

  package init(_ bytes: [UInt8]) {
    self.bytes = bytes
  }

  package var byteCount: Int { bytes.count }

  package func read(at offset: Int, into target: UnsafeMutableRawBufferPointer) -> Int {
    guard bytes.indices.contains(offset) else { return 0 }
    let count = min(target.count, bytes.count - offset)
    bytes.withUnsafeBytes { target.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[offset..<offset + count])) }
    return count
  }

  package func allBytes() -> [UInt8] { bytes }
}
