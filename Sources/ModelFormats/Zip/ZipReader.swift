import CZip
import Serialization
import Tensor

/// An archive in a file, open until nobody reads it.
final class OpenArchive {
  let archive: OpaquePointer

  init(_ archive: OpaquePointer) { self.archive = archive }

  deinit { zip_discard(archive) }
}

/// A ZIP archive, read entry by entry.
///
/// A file is opened once: all entries are of one archive, also if another takes its place meanwhile.
package struct ZipReader {
  /// The file the archive came from, named by errors.
  package let path: String
  private let storage: Storage
  private let byteCount: Int
  /// The names of all entries, with their folders, in the order of the archive. Windows programs write `\\` between folders;
  /// here it is `/`, as the format demands.
  package private(set) var names: [String] = []

  private enum Storage {
    case memory([UInt8])
    case file(OpenArchive)
  }

  /// A larger entry may not expand more than ``largestExpansion`` times: weights do not compress so well, bombs do.
  private static let expansionFloor: UInt64 = 1 << 20
  private static let largestExpansion: UInt64 = 100

  /// Opens an archive.
  ///
  /// - Throws: ``ModelFileError`` if the bytes are no ZIP archive or one cut short, if two entries have the same name, or if
  ///   all entries together claim to expand more than a hundred times.
  package init(bytes: [UInt8], path: String) throws {
    try self.init(.memory(bytes), MemoryBytes(bytes), path)
  }

  /// Opens an archive. One in a file is read in pieces.
  package init(_ source: any ByteSource, path: String) throws {
    if let file = source as? RandomAccessFile {
      try self.init(.file(.init(Self.open(path) { zip_source_file_create(file.path, 0, -1, $0) })), source, path)
    } else {
      try self.init(.memory(source.allBytes()), source, path)
    }
  }

  private init(_ storage: @autoclosure () throws -> Storage, _ source: any ByteSource, _ path: String) throws {
    byteCount = source.byteCount
    self.path = path
    // libzip takes nothing at all for an archive without entries.
    if byteCount == 0 { throw Self.error(path, "ZIP archive", .damaged("the file is empty")) }
    self.storage = try storage()
    let (names, total) = try withArchive { archive in
      var names: [String] = []
      var total: UInt64 = 0
      for index in 0..<UInt64(max(zip_get_num_entries(archive, 0), 0)) {
        var status = zip_stat_t()
        guard zip_stat_index(archive, index, 0, &status) == 0, let name = status.name else {
          throw damaged("entry \(index)", zip_strerror(archive))
        }
        names.append(String(cString: name).replacing("\\", with: "/"))
        total = total.addingReportingOverflow(status.size).overflow ? .max : total + status.size
      }
      return (names, total)
    }
    self.names = names
    guard Set(names.map(ExactText.init)).count == names.count else {
      throw error("ZIP archive", .damaged("two entries have the same name"))
    }
    // Entries may share bytes, so that each of them looks harmless.
    if total > Self.expansionFloor, total / Self.largestExpansion > byteCount {
      throw error("ZIP archive", .damaged("\(counted(byteCount, "byte")) would expand to \(total)"))
    }
  }

  /// Whether the archive has an entry `name`.
  package func holds(_ name: String) -> Bool {
    names.contains { ExactText($0) == ExactText(name) }
  }

  /// The content of the entry `name`.
  ///
  /// - Parameters:
  ///   - name: the name of the entry, with its folders.
  ///   - limit: the largest number of bytes to take.
  /// - Throws: ``ModelFileError`` if the entry is missing, is larger than `limit`, expands more than a
  ///   hundred times, is encrypted, or differs from its checksum. The size is checked before memory is taken.
  package func contents(of name: String, limit: Int) throws -> [UInt8] {
    try withArchive { archive in
      let entry = try entry(name, of: archive, limit: limit)
      guard let file = zip_fopen_index(archive, entry.index, 0) else { throw damaged(name, zip_strerror(archive)) }
      defer { zip_fclose(file) }
      return try read(name, from: file, byteCount: Int(entry.status.size))
    }
  }

  /// The content of the entry `name`, as ``contents(of:limit:)``. An entry of a file that is not compressed is read through
  /// once, to compare its checksum, and stays in the file.
  package func source(of name: String, limit: Int) throws -> any ByteSource {
    guard case .file(let file) = storage else { return MemoryBytes(try contents(of: name, limit: limit)) }
    let entry = try entry(name, of: file.archive, limit: limit)
    guard entry.status.comp_method == ZIP_CM_STORE else { return MemoryBytes(try contents(of: name, limit: limit)) }
    return try ZipEntrySource(name, number: entry.index, byteCount: Int(entry.status.size), in: file, path: path)
  }

  /// Finds an entry, and checks that it is not too large.
  private func entry(
    _ name: String, of archive: OpaquePointer, limit: Int
  ) throws -> (index: UInt64, status: zip_stat_t) {
    guard let index = names.firstIndex(where: { ExactText($0) == ExactText(name) }) else { throw error(name, .missing) }
    var status = zip_stat_t()
    guard zip_stat_index(archive, UInt64(index), 0, &status) == 0 else { throw damaged(name, zip_strerror(archive)) }
    if status.size > limit { throw error(name, .tooLarge(byteCount: status.size, limit: limit)) }
    let stored = min(status.comp_size, UInt64(byteCount))
    if status.size > Self.expansionFloor, status.size / Self.largestExpansion > stored {
      throw error(name, .damaged("\(counted(Int(stored), "byte")) would expand to \(status.size)"))
    }
    return (UInt64(index), status)
  }

  private func read(_ name: String, from file: OpaquePointer, byteCount: Int) throws -> [UInt8] {
    // One byte more than promised: only at the end of the entry is its checksum compared.
    var content = [UInt8](repeating: 0, count: byteCount + 1)
    var done = 0
    while done <= byteCount {
      let count = content.withUnsafeMutableBytes { buffer in
        zip_fread(file, buffer.baseAddress.map { $0 + done }, UInt64(byteCount + 1 - done))
      }
      if count < 0 { throw damaged(name, zip_file_strerror(file)) }
      if count == 0 { break }
      done += Int(count)
    }
    guard done == byteCount else { throw error(name, .damaged("it has \(done) of \(counted(byteCount, "byte"))")) }
    content.removeLast()
    return content
  }

  private func withArchive<Result>(_ body: (OpaquePointer) throws -> Result) throws -> Result {
    switch storage {
    case .file(let file):
      return try withExtendedLifetime(file) { try body(file.archive) }
    case .memory(let bytes):
      return try bytes.withUnsafeBytes { buffer in
        let archive = try Self.open(path) { zip_source_buffer_create(buffer.baseAddress, UInt64(buffer.count), 0, $0) }
        defer { zip_discard(archive) }
        return try body(archive)
      }
    }
  }

  /// Opens an archive. The caller discards it.
  private static func open(
    _ path: String, _ source: (UnsafeMutablePointer<zip_error_t>) -> OpaquePointer?
  ) throws -> OpaquePointer {
    func damaged(_ reason: UnsafePointer<CChar>) -> ModelFileError {
      error(path, "ZIP archive", .damaged(String(cString: reason)))
    }
    var reason = zip_error_t()
    zip_error_init(&reason)
    defer { zip_error_fini(&reason) }
    guard let source = source(&reason) else { throw damaged(zip_error_strerror(&reason)) }
    guard let archive = zip_open_from_source(source, ZIP_RDONLY | ZIP_CHECKCONS, &reason) else {
      zip_source_free(source)
      throw damaged(zip_error_strerror(&reason))
    }
    return archive
  }

  private func damaged(_ place: String, _ reason: UnsafePointer<CChar>) -> ModelFileError {
    error(place, .damaged(String(cString: reason)))
  }

  private func error(_ place: String, _ problem: ModelFileError.Problem) -> ModelFileError {
    Self.error(path, place, problem)
  }

  private static func error(_ path: String, _ place: String, _ problem: ModelFileError.Problem) -> ModelFileError {
    ModelFileError(path: path, place: place, problem: problem)
  }
}
