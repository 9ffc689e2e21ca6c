import Tensor

/// Named tensors and a few words about them: the content of a `.safetensors` file.
///
/// The format (Hugging Face, 2022) is the length of a header (64 bits, little-endian), the header (JSON: for each
/// tensor its type, its shape and where its bytes lie) and the bytes of the tensors, without holes.
public struct Safetensors: Sendable, Equatable {
  /// The tensors by name.
  public var tensors: [String: Tensor<Float>]
  /// Any text that belongs to them.
  public var metadata: [String: String]

  /// Gathers tensors for writing.
  public init(tensors: [String: Tensor<Float>], metadata: [String: String] = [:]) {
    self.tensors = tensors
    self.metadata = metadata
  }

  /// Reads a `.safetensors` file.
  ///
  /// Tensors of 16-, 32- or 64-bit floating point (`BF16` too) and of integers are converted to `Float`.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - limit: the largest file to take, in bytes.
  /// - Throws: ``FileError`` if the file cannot be read; ``ModelFileError`` if it is not what the format prescribes:
  ///   tensors must fill the file without holes or overlaps, and be as large as their shapes say.
  public init(contentsOf path: String, limit: Int = 1 << 36) throws {
    try self.init(bytes: readFile(path, limit: limit), path: path)
  }

  /// Writes a `.safetensors` file, whole or not at all. Equal content gives equal bytes.
  ///
  /// - Throws: ``FileError`` if the file cannot be written; ``ModelFileError`` if a tensor bears the reserved name
  ///   `__metadata__`.
  public func write(to path: String) throws {
    try writeAtomically(bytes(for: path), to: path)
  }
}
