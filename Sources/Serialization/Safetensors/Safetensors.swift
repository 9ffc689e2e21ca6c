import Tensor

/// Named tensors and metadata: the content of a `.safetensors` file.
///
/// The format (Hugging Face, 2022): the length of the header (64 bits, little-endian), the header (JSON: the type, the
/// shape and the byte range of each tensor), and the bytes of the tensors without gaps.
public struct Safetensors: Sendable, Equatable {
  /// The tensors by name.
  public var tensors: [String: Tensor<Float>]
  /// Texts by name.
  public var metadata: [String: String]

  /// Makes the content of a file.
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
  ///   - limit: the largest file to read, in bytes.
  /// - Throws: ``FileError`` if the file cannot be read; ``ModelFileError`` if it does not follow the format: tensors
  ///   must fill the file without gaps or overlaps, and be as large as their shapes say.
  public init(contentsOf path: String, limit: Int = 1 << 36) throws {
    try self.init(bytes: readFile(path, limit: limit), path: path)
  }
}
