import Foundation
import Tensor

extension Safetensors {
  /// The bytes of the file; the tensors are in the order of their names by code point.
  ///
  /// - Parameter path: the path of the file to write, for error messages.
  package func bytes(for path: String) throws -> [UInt8] {
    let sorted = tensors.sorted { ExactText($0.key) < ExactText($1.key) }
    let header = try header(of: sorted, for: path)
    let dataCount = sorted.reduce(0) { $0 + $1.value.count * MemoryLayout<Float>.size }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(8 + header.count + dataCount)
    withUnsafeBytes(of: UInt64(header.count).littleEndian) { bytes.append(contentsOf: $0) }
    bytes.append(contentsOf: header)
    for (_, tensor) in sorted {
      tensor.withUnsafeScalars { bytes.append(contentsOf: UnsafeRawBufferPointer($0)) }
    }
    return bytes
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
