import CZip
import Glibc
import Serialization

/// One file inside a ZIP archive.
package struct ZipEntry: Equatable, Sendable {
  package let name: String
  package let bytes: [UInt8]

  package init(name: String, bytes: [UInt8]) {
    self.name = name
    self.bytes = bytes
  }
}

/// Makes a ZIP archive whose entries are stored without compression.
///
/// Equal entries give equal bytes: every entry has the earliest date that ZIP can store instead of the current time.
///
/// - Parameters:
///   - entries: the files, in the order in which they shall stand.
///   - path: the file the archive is meant for, named by errors.
/// - Throws: ``ModelFileError``, for example when two entries have the same name.
package func zipArchive(of entries: [ZipEntry], for path: String) throws -> [UInt8] {
  func failure(_ reason: String) -> ModelFileError {
    ModelFileError(path: path, place: "ZIP archive", problem: .damaged(reason))
  }
  guard let image = zip_source_buffer_create(nil, 0, 0, nil) else { throw failure("out of memory") }
  defer { zip_source_free(image) }
  guard let archive = zip_open_from_source(image, ZIP_TRUNCATE, nil) else { throw failure("out of memory") }
  // Closing the archive gives up its hold on the image, which is still to be read.
  zip_source_keep(image)
  for entry in entries {
    guard append(entry, to: archive) else {
      defer { zip_discard(archive) }
      throw failure("\(entry.name): \(String(cString: zip_strerror(archive)))")
    }
  }
  guard zip_close(archive) == 0 else {
    defer { zip_discard(archive) }
    throw failure(String(cString: zip_strerror(archive)))
  }
  guard let bytes = contents(of: image) else { throw failure("out of memory") }
  return bytes
}

private func append(_ entry: ZipEntry, to archive: OpaquePointer) -> Bool {
  // libzip reads the bytes when the archive is closed, so it gets a copy, which it frees.
  let count = entry.bytes.count
  guard let copy = malloc(max(count, 1)) else { return false }
  entry.bytes.withUnsafeBytes { copy.copyMemory(from: $0.baseAddress ?? UnsafeRawPointer(copy), byteCount: count) }
  guard let source = zip_source_buffer(archive, copy, UInt64(count), 1) else {
    free(copy)
    return false
  }
  let index = zip_file_add(archive, entry.name, source, ZIP_FL_ENC_UTF_8)
  guard index >= 0 else {
    zip_source_free(source)
    return false
  }
  let firstOfJanuary1980: UInt16 = 1 << 5 | 1
  return zip_set_file_compression(archive, UInt64(index), ZIP_CM_STORE, 0) == 0
    && zip_file_set_dostime(archive, UInt64(index), 0, firstOfJanuary1980, 0) == 0
}

/// All bytes of a finished archive.
private func contents(of image: OpaquePointer) -> [UInt8]? {
  guard zip_source_open(image) == 0 else { return nil }
  defer { zip_source_close(image) }
  guard zip_source_seek(image, 0, SEEK_END) == 0 else { return nil }
  let count = Int(zip_source_tell(image))
  guard count > 0, zip_source_seek(image, 0, SEEK_SET) == 0 else { return nil }
  var bytes = [UInt8](repeating: 0, count: count)
  let readCount = bytes.withUnsafeMutableBytes { buffer in
    buffer.baseAddress.map { zip_source_read(image, $0, UInt64(count)) }
  }
  return readCount == Int64(count) ? bytes : nil
}
