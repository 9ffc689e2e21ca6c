import Foundation
import Synchronization

/// Writes a picture into the staging folder as it arrives.
package final class StagedDownload: BodySink {
  /// A file with the first bytes of a picture.
  struct Part {
    let name: String
    /// The bytes of the whole picture, if the server said.
    let length: Int?
    /// Stands for the version of the picture, if the server marked it.
    let version: String?

    init(key: String, head: HTTPHead) {
      length = head.headers["content-length"].flatMap { Int($0) }
      version = Self.version(of: head)
      name = "\(key).\(length.map(String.init) ?? "").\(version ?? "").part"
    }

    init?(name: String) {
      let fields = name.split(separator: ".", omittingEmptySubsequences: false)
      guard fields.count == 4 else { return nil }
      self.name = name
      length = Int(fields[1])
      version = fields[2].isEmpty ? nil : String(fields[2])
    }

    /// What stands for the header fields that change with the content.
    static func version(of head: HTTPHead) -> String? {
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

  private let folder: String
  private let key: String
  private let state: Mutex<State>

  /// Continues a part, or begins.
  init(folder: String, key: String, continuing part: Part?) throws {
    self.folder = folder
    self.key = key
    guard let part else {
      state = Mutex(State())
      return
    }
    let file = try FileHandle(forUpdating: URL(filePath: "\(folder)/\(part.name)"))
    let byteCount = Int(try file.seekToEnd())
    if byteCount == part.length {
      try file.synchronize()
      try FileManager.default.moveItem(atPath: "\(folder)/\(part.name)", toPath: "\(folder)/\(key)")
      state = Mutex(State())
    } else {
      state = Mutex(State(part: part, file: file, byteCount: byteCount))
    }
  }

  package var requestHeaders: [String: String] {
    state.withLock { $0.isResumable ? ["Range": "bytes=\($0.byteCount)-"] : [:] }
  }

  package func start(_ head: HTTPHead) throws {
    guard head.status == 206 else {
      try reset()
      let part = Part(key: key, head: head)
      let place = URL(filePath: "\(folder)/\(part.name)")
      try Foundation.Data().write(to: place)
      let file = try FileHandle(forWritingTo: place)
      state.withLock { $0 = State(part: part, file: file) }
      return
    }
    let isContinuation = state.withLock { state in
      state.file != nil && head.headers["content-range"]?.hasPrefix("bytes \(state.byteCount)-") == true
        && state.part?.version == Part.version(of: head)
    }
    guard isContinuation else {
      try reset()
      throw HTTPFailure.interrupted(reason: "the picture changed meanwhile")
    }
  }

  package func write(_ bytes: UnsafeRawBufferPointer) throws {
    try state.withLock { state in
      try state.file?.write(contentsOf: Foundation.Data(bytes))
      state.byteCount += bytes.count
    }
  }

  package func reset() throws {
    try state.withLock { state in
      if let part = state.part { try FileManager.default.removeItem(atPath: "\(folder)/\(part.name)") }
      state = State()
    }
  }

  /// Waits until the picture is on the disk, then gives it its whole name. Call it when all bytes have arrived.
  package func finish() throws {
    try state.withLock { state in
      guard let part = state.part else { return }
      // In this order: after a power failure, a file with the final name must be complete.
      try state.file?.synchronize()
      try FileManager.default.moveItem(atPath: "\(folder)/\(part.name)", toPath: "\(folder)/\(key)")
      state = State()
    }
  }
}
