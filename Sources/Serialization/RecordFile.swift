/// A new file to which records are appended, in the format of TensorFlow's `TFRecord`: the length in eight bytes, the masked
/// CRC-32C of the length in four, the record, and the masked CRC-32C of the record in four, all little-endian.
///
/// A program that reads the file meanwhile finds whole records, and perhaps one at the end that is not whole, which the
/// format lets it recognize.
package final class RecordFile {
  /// The path of the file.
  package let path: String
  private let file: FileDescriptor

  /// Makes the file. Its folder must exist.
  ///
  /// - Throws: ``FileError``, also when there is a file at the path already.
  package init(making path: String) throws(FileError) {
    self.path = path
    do throws(FileError.Reason) {
      file = try FileDescriptor(creating: path)
    } catch {
      throw FileError(path: path, action: .write, reason: error)
    }
  }

  /// Appends a record, in one call of the system.
  ///
  /// - Throws: ``FileError``.
  package func append(_ record: [UInt8]) throws(FileError) {
    let length = littleEndian(UInt64(record.count))
    let bytes = length + littleEndian(masked(crc32c(length))) + record + littleEndian(masked(crc32c(record)))
    do throws(FileError.Reason) {
      try bytes.withUnsafeBufferPointer { bytes throws(FileError.Reason) in
        try file.write(UnsafeRawBufferPointer(bytes))
      }
    } catch {
      throw FileError(path: path, action: .write, reason: error)
    }
  }
}

/// A checksum that is stored beside what it sums up is masked, since sums over bytes with their own sum are weak.
private func masked(_ sum: UInt32) -> UInt32 { (sum >> 15 | sum << 17) &+ 0xA282_EAD8 }

private func littleEndian<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] {
  withUnsafeBytes(of: number.littleEndian) { Array($0) }
}
