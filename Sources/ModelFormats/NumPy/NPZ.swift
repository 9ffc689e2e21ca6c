import Serialization
import Tensor

/// Named tensors in an `.npz` file: a ZIP archive with one `.npy` file for each (`numpy.savez`, `numpy.load`).
///
/// ```swift
/// try NPZ(tensors: model.state).write(to: "weights.npz")
/// try model.load(state: NPZ(contentsOf: "weights.npz").tensors)
/// ```
public struct NPZ: Sendable, Equatable {
  /// The tensors by name, without the ending `.npy`.
  public var tensors: [String: Tensor<Float>]

  /// Makes the content of a file from tensors.
  public init(tensors: [String: Tensor<Float>]) {
    self.tensors = tensors
  }

  /// Reads an `.npz` file, compressed or not.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - limit: the largest file to read, in bytes. Its content is at most a hundred times as large.
  /// - Throws: `FileError` if the file cannot be read; `ModelFileError` naming the entry that is damaged, that is not an
  ///   array, or that holds Python objects, which are never run.
  public init(contentsOf path: String, limit: Int = 1 << 36) throws {
    try self.init(bytes: readFile(path, limit: limit), path: path)
  }

  /// Reads the bytes of an `.npz` file.
  ///
  /// - Parameters:
  ///   - bytes: the whole file.
  ///   - path: where it came from, named by errors.
  /// - Throws: `ModelFileError` naming the entry.
  public init(bytes: [UInt8], path: String) throws {
    let format = ModelFileFormat(bytes: bytes)
    // An archive without entries is one of no arrays.
    guard format == .npz || format == .zip || format == .empty else {
      throw ModelFileError(path: path, other: format, expected: "an archive of NumPy arrays (.npz)")
    }
    let archive = try ZipReader(bytes: bytes, path: path)
    tensors = [:]
    for entry in archive.names {
      guard entry.hasSuffix(Self.ending) else {
        throw ModelFileError(
          path: path, place: entry, problem: .unsupported(found: "this entry", expected: "files \(Self.ending)"))
      }
      let array = try archive.contents(of: entry, limit: .max)
      let name = String(entry.dropLast(Self.ending.count))
      // A dictionary of texts cannot hold two names that differ in nothing but how their accents are composed.
      guard tensors[name] == nil else {
        throw ModelFileError(
          path: path, place: entry,
          problem: .unsupported(found: "two arrays named \(name), composed differently", expected: "one"))
      }
      tensors[name] = try Tensor(npy: array, path: "\(path): \(entry)")
    }
  }

  /// Writes an `.npz` file as `numpy.savez` does, without compression, whole or not at all. Equal content gives equal
  /// bytes.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - replacing: which files may be replaced; by default, only `.npz` files.
  /// - Throws: `FileError` if the file cannot be written.
  public func write(to path: String, replacing: ReplacePolicy = .sameKind) throws {
    try requireReplaceable(path, by: .npz, replacing)
    let entries = tensors.sorted { $0.key < $1.key }.map { name, tensor in
      ZipEntry(name: name + Self.ending, bytes: tensor.npyBytes())
    }
    try writeAtomically(zipArchive(of: entries, for: path), to: path, replacing: replacing)
  }

  private static let ending = ".npy"
}
