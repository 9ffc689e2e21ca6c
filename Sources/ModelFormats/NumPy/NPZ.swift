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

  /// Gathers tensors for writing.
  public init(tensors: [String: Tensor<Float>]) {
    self.tensors = tensors
  }

  /// Reads an `.npz` file, compressed or not.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - limit: the largest file to take, in bytes. What it expands to is at most a hundred times that.
  /// - Throws: `FileError` if the file cannot be read; `ModelFileError` naming the entry that is damaged, is no
  ///   array, or holds Python objects, which are never run.
  public init(contentsOf path: String, limit: Int = 1 << 36) throws {
    try self.init(bytes: readFile(path, limit: limit), path: path)
  }

  /// Takes the content of an `.npz` file apart.
  ///
  /// - Parameters:
  ///   - bytes: the whole file.
  ///   - path: where it came from, named by errors.
  /// - Throws: `ModelFileError` naming the entry.
  public init(bytes: [UInt8], path: String) throws {
    let archive = try ZipReader(bytes: bytes, path: path)
    tensors = [:]
    for entry in archive.names {
      guard entry.hasSuffix(Self.ending) else {
        throw ModelFileError(
          path: path, place: entry, problem: .unsupported(found: "this entry", expected: "files \(Self.ending)"))
      }
      let array = try archive.contents(of: entry, limit: .max)
      tensors[String(entry.dropLast(Self.ending.count))] = try Tensor(npy: array, path: "\(path): \(entry)")
    }
  }

  /// Writes an `.npz` file as `numpy.savez` does, without compression, whole or not at all. Equal content gives equal
  /// bytes.
  ///
  /// - Throws: `FileError` if the file cannot be written.
  public func write(to path: String) throws {
    let entries = tensors.sorted { $0.key < $1.key }.map { name, tensor in
      ZipEntry(name: name + Self.ending, bytes: tensor.npyBytes())
    }
    try writeAtomically(zipArchive(of: entries, for: path), to: path)
  }

  private static let ending = ".npy"
}
