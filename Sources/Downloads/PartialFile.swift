import Foundation
import Serialization
import Synchronization

/// Writes a body into a file as it arrives. The file has a name of its own until it is whole: `NAME.LENGTH.VERSION.part`. So a
/// later run requests only the missing bytes, or none if all had arrived.
package final class PartialFile: BodySink {
  /// A file with the first bytes of a whole.
  package struct Part: Sendable {
    let name: String
    /// The bytes of the whole, if the server said.
    let length: Int?
    /// Stands for the version of the whole, if the server marked it.
    let version: String?

    fileprivate init(of whole: String, head: HTTPHead) {
      length = head.length
      version = Self.version(of: head)
      name = "\(whole).\(length.map(String.init) ?? "").\(version ?? "").part"
    }

    /// Reads the name of a part.
    ///
    /// - Parameters:
    ///   - name: the name of a file.
    ///   - whole: the name that the whole file gets.
    /// - Returns: `nil` if the file is no part of this one.
    package init?(name: String, of whole: String) {
      guard name.hasPrefix("\(whole).") else { return nil }
      let fields = name.dropFirst(whole.count + 1).split(separator: ".", omittingEmptySubsequences: false)
      guard fields.count == 3, fields[2] == "part" else { return nil }
      self.name = name
      length = Int(fields[0])
      version = fields[1].isEmpty ? nil : String(fields[1])
    }

    /// What stands for the header fields that change with the content.
    fileprivate static func version(of head: HTTPHead) -> String? {
      guard let mark = head.headers["etag"] ?? head.headers["last-modified"] else { return nil }
      return String("\(SHA256(of: mark.utf8))".prefix(16))
    }
  }

  private struct State {
    var part: Part?
    var file: FileHandle?
    var byteCount = 0

    /// Whether only the rest can be requested from the server.
    var isResumable: Bool {
      guard let part, let length = part.length else { return false }
      return part.version != nil && byteCount > 0 && byteCount < length
    }
  }

  /// The name of the whole file.
  package let name: String
  private let folder: String
  private let state: Mutex<State>

  /// Continues a part, or begins.
  ///
  /// - Parameters:
  ///   - folder: where the file stands.
  ///   - name: the name of the whole file.
  ///   - part: what an earlier run has left.
  /// - Throws: ``HTTPFailure/inUse`` if another process writes the part; errors of the file system.
  package init(folder: String, name: String, continuing part: Part?) throws {
    self.folder = folder
    self.name = name
    guard let part else {
      state = Mutex(State())
      return
    }
    let file = try Self.open("\(folder)/\(part.name)")
    state = Mutex(State(part: part, file: file, byteCount: Int(try file.seekToEnd())))
  }

  /// Opens or makes a file that no other process writes.
  private static func open(_ path: String) throws -> FileHandle {
    let number = Glibc.open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
    guard number >= 0 else { throw FileError(path: path, action: .write, reason: .init(errno: errno)) }
    let file = FileHandle(fileDescriptor: number, closeOnDealloc: true)
    try lock(file, at: path)
    return file
  }

  /// Locks an open part.
  ///
  /// - Parameters:
  ///   - file: the open file.
  ///   - path: where it was opened. Another process may have given it its whole name since then.
  /// - Throws: ``HTTPFailure/inUse`` if another process writes the file, or it is no longer at the path.
  package static func lock(_ file: FileHandle, at path: String) throws {
    var opened = stat()
    guard flock(file.fileDescriptor, LOCK_EX | LOCK_NB) == 0, fstat(file.fileDescriptor, &opened) == 0,
      FileIdentity(opened) == FileIdentity(path)
    else { throw HTTPFailure.inUse }
  }

  /// The number of bytes that are there.
  package var byteCount: Int { state.withLock { $0.byteCount } }

  /// The number of bytes of the whole, if it is known.
  package var length: Int? { state.withLock { $0.part?.length } }

  /// Whether all bytes are there.
  package var isWhole: Bool { state.withLock { $0.part != nil && $0.byteCount == $0.part?.length } }

  package var requestHeaders: [String: String] {
    state.withLock { $0.isResumable ? ["Range": "bytes=\($0.byteCount)-"] : [:] }
  }

  package func start(_ head: HTTPHead) throws {
    guard head.status == 206 else {
      try reset()
      let part = Part(of: name, head: head)
      let file = try Self.open("\(folder)/\(part.name)")
      try file.truncate(atOffset: 0)
      state.withLock { $0 = State(part: part, file: file) }
      return
    }
    let isContinuation = state.withLock { state in
      state.file != nil && head.headers["content-range"]?.hasPrefix("bytes \(state.byteCount)-") == true
        && state.part?.version == Part.version(of: head)
    }
    guard isContinuation else {
      try reset()
      throw HTTPFailure.interrupted(reason: "the file changed meanwhile")
    }
  }

  package func write(_ bytes: UnsafeRawBufferPointer) throws {
    try state.withLock { state in
      guard let file = state.file else { return }
      var rest = bytes[...]
      do throws(FileError.Reason) {
        while !rest.isEmpty {
          // `FileHandle` does not say why it cannot write.
          let piece = UnsafeRawBufferPointer(rebasing: rest)
          let count = try checked { Glibc.write(file.fileDescriptor, piece.baseAddress, piece.count) }
          state.byteCount += count
          rest = rest.dropFirst(count)
        }
      } catch {
        throw FileError(path: "\(folder)/\(name)", action: .write, reason: error)
      }
    }
  }

  package func reset() throws {
    try state.withLock { state in
      if let part = state.part { try FileManager.default.removeItem(atPath: "\(folder)/\(part.name)") }
      state = State()
    }
  }

  /// Throws unless all bytes are there, if their number is known: a server may send a smaller part than it was asked for.
  ///
  /// - Throws: ``HTTPFailure/interrupted(reason:)``. Bytes that are too many are removed.
  package func end() throws {
    guard let length, byteCount != length else { return }
    let found = byteCount
    if found > length { try reset() }
    throw HTTPFailure.interrupted(reason: "\(found) bytes have arrived, expected \(length)")
  }

  /// Waits until all bytes are on the disk, then gives the file its whole name. Call it when an answer has arrived.
  ///
  /// - Parameter check: gets the path of the file before. If it throws, the file is removed.
  /// - Throws: ``HTTPFailure/interrupted(reason:)`` if bytes are missing, which stay for the next request.
  package func finish(_ check: (String) throws -> Void = { _ in }) throws {
    try end()
    let part = try state.withLock { state in
      // In this order: after a power failure, a file with the whole name must be complete.
      try state.file?.synchronize()
      return state.part
    }
    guard let part else { return }
    do {
      try check("\(folder)/\(part.name)")
    } catch {
      try reset()
      throw error
    }
    try FileManager.default.moveItem(atPath: "\(folder)/\(part.name)", toPath: "\(folder)/\(name)")
    state.withLock { $0 = State() }
  }
}
