import Foundation
import Tensor

extension Safetensors {
  /// The bytes of the file; the tensors are in the order of their names by code point.
  ///
  /// - Parameter path: the path of the file to write, for error messages.
  package func bytes(for path: String) throws -> [UInt8] {
    let (beginning, sorted) = try parts(for: path)
    let dataCount = sorted.reduce(0) { $0 + $1.value.count * MemoryLayout<Float>.size }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(beginning.count + dataCount)
    bytes.append(contentsOf: beginning)
    for (_, tensor) in sorted {
      tensor.withUnsafeScalars { bytes.append(contentsOf: UnsafeRawBufferPointer($0)) }
    }
    return bytes
  }

  /// Writes a `.safetensors` file, whole or not at all. Equal content gives equal bytes. Tensors are written one by one, so this
  /// takes no memory for the whole file.
  ///
  /// - Parameters:
  ///   - path: the file. Its folder must exist.
  ///   - replacing: which files may be replaced; by default, only `.safetensors` files.
  /// - Throws: ``FileError`` if the file cannot be written; ``ModelFileError`` if a tensor has the reserved name
  ///   `__metadata__`.
  public func write(to path: String, replacing: ReplacePolicy = .sameKind) throws {
    let (beginning, sorted) = try parts(for: path)
    if replacing == .sameKind { try requireReplaceable(path, by: .safetensors) }
    try writeAtomically(to: path) { file in
      try beginning.withUnsafeBytes { try file.append($0) }
      for (_, tensor) in sorted {
        try tensor.withUnsafeScalars { try file.append(UnsafeRawBufferPointer($0)) }
      }
    }
  }

  /// All that stands before the numbers, and the tensors in the order of their names by code point.
  private func parts(
    for path: String
  ) throws -> (beginning: [UInt8], sorted: [(key: String, value: Tensor<Float>)]) {
    let sorted = tensors.sorted { ExactText($0.key) < ExactText($1.key) }
    let header = try header(of: sorted, for: path)
    let length = withUnsafeBytes(of: UInt64(header.count).littleEndian) { Array($0) }
    return (length + header, sorted)
  }

  /// The header as JSON, padded with spaces so that the tensors begin at a multiple of eight bytes.
  private func header(of sorted: [(key: String, value: Tensor<Float>)], for path: String) throws -> [UInt8] {
    var header = SafetensorsHeader(metadata: metadata)
    var offset = 0
    for (name, tensor) in sorted {
      if name == SafetensorsHeader.metadataName {
        throw ModelFileError(
          path: path, place: name, problem: .unsupported(found: "this name", expected: "another one for a tensor"))
      }
      let end = offset + tensor.count * MemoryLayout<Float>.size
      header.entries[name] = .init(dtype: "F32", shape: Array(tensor.shape), dataOffsets: [offset, end])
      offset = end
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let json = try encoder.encode(header)
    return json + [UInt8](repeating: UInt8(ascii: " "), count: -json.count & 7)
  }
}
