import CZip
import Serialization
import Tensor

/// A ZIP archive, read entry by entry.
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
    /// At this path.
    case file(String)
  }

  /// A larger entry may not expand more than ``largestExpansion`` times: weights do not compress so well, bombs do.
  private static let expansionFloor: UInt64 = 1 << 20
  private static let largestExpansion: UInt64 = 100

  /// Opens an archive.
  ///
  /// - Throws: ``ModelFileError`` if the bytes are no ZIP archive or one cut short, if two entries have the same name, or if
  ///   all entries together claim to expand more than a hundred times.
  package init(bytes: [UInt8], path: String) throws {
    try self.init(.memory(bytes), byteCount: bytes.count, path: path)
  }

  /// Opens an archive. One in a file is read in pieces.
  package init(_ source: any ByteSource, path: String) throws {
    let storage = (source as? RandomAccessFile).map { Storage.file($0.path) }
    try self.init(storage ?? .memory(source.allBytes()), byteCount: source.byteCount, path: path)
  }

  private init(_ storage: Storage, byteCount: Int, path: String) throws {
    self.storage = storage
    self.byteCount = byteCount
    self.path = path
    // libzip takes nothing at all for an archive without entries.
    if byteCount == 0 { throw error("ZIP archive", .damaged("the file is empty")) }
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
    let isStored = try withArchive { try entry(name, of: $0, limit: limit).status.comp_method == ZIP_CM_STORE }
    guard isStored else { return MemoryBytes(try contents(of: name, limit: limit)) }
    return try ZipEntrySource(name, in: openArchive(at: file), path: path) { archive in
      try entry(name, of: archive, limit: limit)
    }
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
      let archive = try openArchive(at: file)
      defer { zip_discard(archive) }
      return try body(archive)
    case .memory(let bytes):
      return try bytes.withUnsafeBytes { buffer in
        let archive = try open { zip_source_buffer_create(buffer.baseAddress, UInt64(buffer.count), 0, $0) }
        defer { zip_discard(archive) }
        return try body(archive)
      }
    }
  }

  /// Opens an archive in a file. The caller discards it.
  private func openArchive(at file: String) throws -> OpaquePointer {
    try open { zip_source_file_create(file, 0, -1, $0) }
  }

  private func open(_ source: (UnsafeMutablePointer<zip_error_t>) -> OpaquePointer?) throws -> OpaquePointer {
    var reason = zip_error_t()
    zip_error_init(&reason)
    defer { zip_error_fini(&reason) }
    guard let source = source(&reason) else { throw damaged("ZIP archive", zip_error_strerror(&reason)) }
    guard let archive = zip_open_from_source(source, ZIP_RDONLY | ZIP_CHECKCONS, &reason) else {
      zip_source_free(source)
      throw damaged("ZIP archive", zip_error_strerror(&reason))
    }
    return archive
  }

  private func damaged(_ place: String, _ reason: UnsafePointer<CChar>) -> ModelFileError {
    error(place, .damaged(String(cString: reason)))
  }

  private func error(_ place: String, _ problem: ModelFileError.Problem) -> ModelFileError {
    ModelFileError(path: path, place: place, problem: problem)
  }
}
