import Serialization

// A checkpoint is a safetensors file, so other programs can read the weights in it. The values are in its metadata,
// with a checksum over the whole content.

extension SavedState {
  private static let formatKey = "format"
  private static let format = "kilim checkpoint 1"
  private static let checksumKey = "checksum"

  /// Writes the file, completely or not at all.
  ///
  /// - Throws: `FileError`.
  func write(to path: String) throws {
    let content = content
    // Replaces any file: the name is that of a checkpoint, and an earlier one may be damaged.
    try content.write(to: path, replacing: .anyFile)
  }

  /// Reads a file.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - limit: the largest file to read, in bytes.
  /// - Throws: `FileError` or `ModelFileError` when the file is missing, damaged or not a checkpoint.
  init(contentsOf path: String, limit: Int) throws {
    try self.init(Safetensors(contentsOf: path, limit: limit), path: path)
  }

  /// The bytes of the file, to send to another process.
  func bytes() throws -> [UInt8] { try content.bytes(for: Self.messageName) }

  /// Reads what another process has sent.
  init(bytes: [UInt8]) throws {
    try self.init(Safetensors(bytes: bytes, path: Self.messageName), path: Self.messageName)
  }

  /// In place of the path of a file, in errors.
  private static let messageName = "a message of another rank"

  private var content: Safetensors {
    var content = Safetensors(tensors: tensors, metadata: values)
    content.metadata[Self.formatKey] = Self.format
    content.metadata[Self.checksumKey] = content.checksum
    return content
  }

  private init(_ content: Safetensors, path: String) throws {
    var content = content
    func error(_ place: String, _ problem: ModelFileError.Problem) -> ModelFileError {
      ModelFileError(path: path, place: place, problem: problem)
    }
    guard let format = content.metadata[Self.formatKey] else { throw error(Self.formatKey, .missing) }
    guard let found = content.metadata.removeValue(forKey: Self.checksumKey) else {
      throw error(Self.checksumKey, .missing)
    }
    guard found == content.checksum else {
      throw error(Self.checksumKey, .damaged("it is \(found), that of the content \(content.checksum)"))
    }
    guard format == Self.format else {
      throw error(Self.formatKey, .unsupported(found: format, expected: Self.format))
    }
    content.metadata[Self.formatKey] = nil
    self.init(values: content.metadata, tensors: content.tensors)
  }
}

extension Safetensors {
  /// XXH64 over names, texts, shapes and numbers, in sixteen digits.
  fileprivate var checksum: String {
    var hash: UInt64 = 0
    func add(_ text: String) {
      hash = Array(text.utf8).withUnsafeBytes { xxh64($0, seed: hash) }
    }
    for (key, text) in metadata.sorted(by: { $0.key < $1.key }) {
      add(key)
      add(text)
    }
    for (name, tensor) in tensors.sorted(by: { $0.key < $1.key }) {
      add(name)
      add("\(tensor.shape)")
      hash = tensor.withUnsafeScalars { xxh64(UnsafeRawBufferPointer($0), seed: hash) }
    }
    let digits = String(hash, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
